package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// A tool is a peer that runs the stages of the grid from a file of its own.
type tool struct {
	name, file string
	text       func() string
	args       []string
}

var tools = []tool{
	{"make", "Makefile", makefile, []string{"make", "-s"}},
	{"doit", "dodo.py", dodo, []string{"doit", "run"}},
	{"snakemake", "Snakefile", snakefile, []string{"snakemake", "-c2", "-q"}},
}

// noop measures runs of 1,000 stages in 10 layers with a fan-in of 3, of which
// none has anything to do, and what it takes to say why the last is stale.
func (r *report) noop(ctx context.Context, whorl, dir string, rounds int) error {
	spec := pipelineYAML()
	err := errors.Join(
		put(filepath.Join(dir, "pipeline.yaml"), spec),
		put(filepath.Join(dir, "changed.yaml"), strings.Replace(spec, "echo 0 ", "echo zero ", 1)),
	)
	if err != nil {
		return err
	}
	ours, why := program("whorl", dir, whorl, "run"), program("whorl", dir, whorl, "why", "s900", "-f", "changed.yaml")
	var peers []*side
	for _, t := range tools {
		if _, err := exec.LookPath(t.args[0]); err != nil {
			r.Notes = append(r.Notes, t.name+" is not installed")
			continue
		}
		at := filepath.Join(dir, t.name)
		if err := put(filepath.Join(at, t.file), t.text()); err != nil {
			return err
		}
		peers = append(peers, program(t.name, at, t.args...))
	}
	// The first turn, which does not count, executes the stages.
	if err := inTurns(ctx, rounds, append([]*side{ours, why}, peers...)...); err != nil {
		return err
	}
	r.add("no-op of 1,000 stages", ours, peers, "60 ms or 5x make, 48 MiB", func(l row) bool {
		m := l.ratio("make")
		return (l.Whorl <= 60 || m > 0 && m <= 5) && l.MiB <= 48
	})
	r.add("why, of 1,000 stages", why, nil, "100 ms", func(l row) bool { return l.Whorl <= 100 })
	return nil
}

// grid calls f for 1,000 stages in 10 layers with the three that each needs.
func grid(f func(stage int, needs []int)) {
	const width = 100
	for i := range 1000 {
		var needs []int
		if i >= width {
			below := (i/width - 1) * width
			needs = []int{below + i%width, below + (i+1)%width, below + (i+7)%width}
		}
		f(i, needs)
	}
}

func pipelineYAML() string {
	var b strings.Builder
	b.WriteString("stages:\n")
	grid(func(i int, needs []int) {
		fmt.Fprintf(&b, "  s%d: {kind: command, cmd: \"echo %d > {outputs.o}\", outputs: {o: o}", i, i)
		if needs != nil {
			fmt.Fprintf(&b, ", inputs: {a: s%d.o, b: s%d.o, c: s%d.o}", needs[0], needs[1], needs[2])
		}
		b.WriteString("}\n")
	})
	return b.String()
}

func makefile() string {
	var all, rules strings.Builder
	grid(func(i int, needs []int) {
		fmt.Fprintf(&all, " s%d", i)
		fmt.Fprintf(&rules, "s%d:%s\n\t@echo %d > s%d\n", i, list(needs, " s%d"), i, i)
	})
	return "all:" + all.String() + "\n" + rules.String()
}

func dodo() string {
	var b strings.Builder
	b.WriteString("DOIT_CONFIG = {'reporter': 'zero'}\n\ndef task_s():\n")
	grid(func(i int, needs []int) {
		fmt.Fprintf(&b, "    yield {'name': '%d', 'targets': ['s%d'], 'actions': ['echo %d > s%d'], 'file_dep': [%s], 'uptodate': [True]}\n",
			i, i, i, i, list(needs, "'s%d', "))
	})
	return b.String()
}

func snakefile() string {
	var all, rules strings.Builder
	grid(func(i int, needs []int) {
		fmt.Fprintf(&all, "\"s%d\", ", i)
		fmt.Fprintf(&rules, "rule r%d:\n    input: %s\n    output: \"s%d\"\n    shell: \"echo %d > s%d\"\n",
			i, list(needs, "\"s%d\", "), i, i, i)
	})
	return "rule all:\n    input: " + all.String() + "\n" + rules.String()
}

func list(stages []int, format string) string {
	var b strings.Builder
	for _, s := range stages {
		fmt.Fprintf(&b, format, s)
	}
	return b.String()
}
