package proof

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// measure runs a command again and again and reports, beside its time, the
// processor time that it took, which others on the machine disturb less, and
// the peak of its memory.
func measure(b *testing.B, dir, name string, args ...string) {
	b.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		b.Skipf("%s is not installed", name)
	}
	var peak int64
	var cpu time.Duration
	for b.Loop() {
		cmd := exec.Command(path, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", name, err, out)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, u.Maxrss)
		}
	}
	b.ReportMetric(float64(cpu.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	if runtime.GOOS == "linux" { // elsewhere it is in other units
		b.ReportMetric(float64(peak)/1024, "MiB")
	}
}

func put(b *testing.B, path, text string) {
	b.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
		b.Fatal(err)
	}
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

// BenchmarkNoop is a run of 1,000 stages in 10 layers with a fan-in of 3, of
// which none has anything to do: the whole process. The bar is 60 ms, or five
// times make, and 48 MiB; for "why" it is 100 ms.
func BenchmarkNoop(b *testing.B) {
	whorl := program(b)
	b.Run("whorl", func(b *testing.B) {
		dir := b.TempDir()
		var spec strings.Builder
		spec.WriteString("stages:\n")
		grid(func(i int, needs []int) {
			fmt.Fprintf(&spec, "  s%d: {kind: command, cmd: \"echo %d > {outputs.o}\", outputs: {o: o}", i, i)
			if needs != nil {
				fmt.Fprintf(&spec, ", inputs: {a: s%d.o, b: s%d.o, c: s%d.o}", needs[0], needs[1], needs[2])
			}
			spec.WriteString("}\n")
		})
		put(b, dir+"/pipeline.yaml", spec.String())
		if out, err := (bench{bin: whorl, dir: dir}).command("run").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		b.Run("run", func(b *testing.B) { measure(b, dir, whorl, "run") })
		b.Run("status", func(b *testing.B) { measure(b, dir, whorl, "status") })
		changed := strings.Replace(spec.String(), "echo 0 ", "echo zero ", 1)
		put(b, dir+"/changed.yaml", changed)
		b.Run("why", func(b *testing.B) { measure(b, dir, whorl, "why", "s900", "-f", "changed.yaml") })
	})
	b.Run("make", func(b *testing.B) {
		dir := b.TempDir()
		var rules, all strings.Builder
		grid(func(i int, needs []int) {
			fmt.Fprintf(&all, " s%d", i)
			fmt.Fprintf(&rules, "s%d:", i)
			for _, n := range needs {
				fmt.Fprintf(&rules, " s%d", n)
			}
			fmt.Fprintf(&rules, "\n\t@echo %d > s%d\n", i, i)
		})
		put(b, dir+"/Makefile", "all:"+all.String()+"\n"+rules.String())
		if path, err := exec.LookPath("make"); err == nil {
			exec.Command(path, "-C", dir, "-s", "-j4").Run()
		}
		measure(b, dir, "make", "-s")
	})
	b.Run("snakemake", func(b *testing.B) {
		dir := b.TempDir()
		var rules, all strings.Builder
		grid(func(i int, needs []int) {
			fmt.Fprintf(&all, "\"s%d\", ", i)
			fmt.Fprintf(&rules, "rule r%d:\n    input:", i)
			for _, n := range needs {
				fmt.Fprintf(&rules, " \"s%d\",", n)
			}
			fmt.Fprintf(&rules, "\n    output: \"s%d\"\n    shell: \"echo %d > s%d\"\n", i, i, i)
		})
		put(b, dir+"/Snakefile", "rule all:\n    input: "+all.String()+"\n"+rules.String())
		if path, err := exec.LookPath("snakemake"); err == nil {
			cmd := exec.Command(path, "-c2", "-q")
			cmd.Dir = dir
			cmd.Run()
		}
		measure(b, dir, "snakemake", "-c2", "-q")
	})
}

// BenchmarkFiles is a no-op of one stage over 55,000 files of 11 KB, beside a
// bare walk with an lstat a file. The bar is twice the walk, and 80 MiB.
func BenchmarkFiles(b *testing.B) {
	whorl := program(b)
	dir := b.TempDir()
	content := strings.Repeat("0123456789abcdef", 11<<10/16)
	for i := range 55000 {
		put(b, fmt.Sprintf("%s/in/d%d/%06d.bmp", dir, i%10, i), fmt.Sprint(i, content))
	}
	put(b, dir+"/pipeline.yaml", "stages:\n  s: {kind: command, inputs: {dir: ./in}, cmd: \"ls {inputs.dir} > {outputs.o}\", outputs: {o: o}}\n")
	time.Sleep(3 * time.Second) // or their times would vouch for nothing
	if out, err := (bench{bin: whorl, dir: dir}).command("run").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			err := filepath.WalkDir(dir+"/in", func(_ string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					_, err = d.Info()
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("whorl", func(b *testing.B) { measure(b, dir, whorl, "run") })
}
