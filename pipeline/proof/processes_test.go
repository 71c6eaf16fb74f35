package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestProcesses lets many processes run overlapping and distinct work in one
// artifacts directory at once. A counter outside of it shows that each
// identical stage ran once; every run is recorded as done. WHORL_LONG=1: 16
// processes with 50 runs each.
func TestProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	processes, runs := 4, 3
	if long {
		processes, runs = 16, 50
	}
	dir := t.TempDir()
	counter := filepath.Join(dir, "counter")
	spec := fmt.Sprintf(`
stages:
  top: {kind: command, params: {p: 0}, cmd: "echo top {params.p} | tee -a %[1]s > {outputs.o}", outputs: {o: o}}
  own: {kind: command, params: {p: 0}, cmd: "echo own {params.p} | tee -a %[1]s > {outputs.o}", outputs: {o: o}}
  end: {kind: command, inputs: {a: top.o, b: own.o}, cmd: "cat {inputs.a} {inputs.b} | xargs echo | tee -a %[1]s > {outputs.o}", outputs: {o: o}}
`, counter)
	if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(spec), 0o666); err != nil {
		t.Fatal(err)
	}
	b := bench{t, program(t), dir}
	var wg sync.WaitGroup
	for i := range processes {
		wg.Go(func() {
			for n := range runs {
				cmd := b.command("run", "--set", fmt.Sprintf("top.p=%d", n/5), "--set", fmt.Sprintf("own.p=%d", i/4*100+n/2))
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("process %d, run %d: %v\n%s", i, n, err, out)
				}
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(counter)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if seen[line] {
			t.Errorf("ran twice: %s", line)
		}
		seen[line] = true
	}
	var recorded []runJSON
	b.whorl(&recorded, "runs", "--all", "--json")
	done := 0
	for _, r := range recorded {
		if r.State == "done" {
			done++
		}
	}
	if done != processes*runs || len(recorded) != done {
		t.Errorf("%d runs are recorded, %d as done, want %d", len(recorded), done, processes*runs)
	}
	b.whorl(nil, "fsck")
	t.Logf("%d processes, %d runs each: %d stages ran of %d, each once", processes, runs, len(seen), processes*runs*3)
}
