package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A bench is a directory in which the command is run.
type bench struct {
	t   testing.TB
	bin string
	dir string
}

func (b bench) command(args ...string) *exec.Cmd {
	cmd := exec.Command(b.bin, args...)
	cmd.Dir = b.dir
	return cmd
}

// whorl runs the command, which must succeed, and decodes what it prints.
func (b bench) whorl(v any, args ...string) {
	b.t.Helper()
	cmd := b.command(args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("whorl %s: %v\n%s%s", strings.Join(args, " "), err, out, &stderr)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(out, v); err != nil {
		b.t.Fatalf("whorl %s: %v", strings.Join(args, " "), err)
	}
}

type runJSON struct {
	Run, State string
	Stages     []struct {
		Name, Key string
		Outputs   map[string]struct{ Digest string }
	}
}

// digests lists the stages with their keys and outputs.
func (r runJSON) digests() string {
	var b strings.Builder
	for _, s := range r.Stages {
		fmt.Fprintf(&b, "%s %s %v\n", s.Name, s.Key, s.Outputs)
	}
	return b.String()
}

// TestKillTraining kills the whole experiment, training included, at random
// moments. After each kill the next command needs no help: the store is sound,
// no run is said to go on, nothing is left of the dead; and in the end the
// result has the bits of one that was never disturbed.
func TestKillTraining(t *testing.T) {
	if !long {
		t.Skip("it takes minutes: WHORL_LONG=1 runs it; TestKill of package pipeline is its short form")
	}
	const kills = 200
	dir := t.TempDir()
	spec, err := os.ReadFile(top + "/testdata/staleness/real.yaml")
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "pipeline.yaml"), spec, 0o666)); err != nil {
		t.Fatal(err)
	}
	b := bench{t, program(t), dir}
	flags := func(round int, artifacts string) []string {
		return []string{
			"run", "--json", "--artifacts", artifacts, "--set", "train.epochs=3",
			"--seed", fmt.Sprint(round), "--set", fmt.Sprintf("data.seed=%d", round/8),
		}
	}
	var undisturbed runJSON
	begin := time.Now()
	b.whorl(&undisturbed, flags(0, "undisturbed")...)
	whole := time.Since(begin)

	done := 0
	rounds := 0
	for ; done < kills; rounds++ {
		if rounds > 0 {
			undisturbed = runJSON{}
			b.whorl(&undisturbed, flags(rounds, "undisturbed")...)
		}
		for attempt := 0; ; attempt++ {
			cmd := b.command(flags(rounds, "artifacts")...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if attempt < 12 { // and then let it end
				timer := time.AfterFunc(rand.N(whole), func() { cmd.Process.Kill() })
				defer timer.Stop()
			}
			err := cmd.Wait()
			if err == nil {
				var got runJSON
				if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
					t.Fatal(err)
				}
				if got.digests() != undisturbed.digests() {
					t.Fatalf("after %d kills the result is another:\n%s\nwant\n%s", done, got.digests(), undisturbed.digests())
				}
				b.checkEmpty("active")
				break
			}
			if cmd.ProcessState.Exited() {
				t.Fatalf("after %d kills: %v\n%s", done, err, &stderr)
			}
			if done++; done%25 == 0 {
				t.Logf("%d kills", done)
			}
			b.checkCalm()
		}
	}
	t.Logf("%d kills in %d experiments of %.1f s", done, rounds, whole.Seconds())
}

// checkCalm checks that nothing is left of a process that died.
func (b bench) checkCalm() {
	b.t.Helper()
	if left := processes(b.dir); len(left) > 0 {
		time.Sleep(time.Second) // what is being killed needs its moment
		if left = processes(b.dir); len(left) > 0 {
			b.t.Fatalf("orphans: %s", left)
		}
	}
	var runs []runJSON
	b.whorl(&runs, "runs", "--all", "--json", "--artifacts", "artifacts")
	for _, r := range runs {
		if r.State == "running" {
			b.t.Fatalf("run %s is said to go on", r.Run)
		}
	}
	b.whorl(nil, "fsck", "--artifacts", "artifacts")
	b.checkEmpty("tmp")
}

func (b bench) checkEmpty(name string) {
	b.t.Helper()
	left, err := os.ReadDir(filepath.Join(b.dir, "artifacts", name))
	if err != nil && !errors.Is(err, os.ErrNotExist) || len(left) > 0 {
		b.t.Fatalf("left in %s: %v, %v", name, left, err)
	}
}

// processes lists those whose working directory is below dir.
func processes(dir string) []string {
	var left []string
	found, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, p := range found {
		if cwd, err := os.Readlink(p); err == nil && (cwd == dir || strings.HasPrefix(cwd, dir+"/")) {
			left = append(left, p+" "+cwd)
		}
	}
	return left
}
