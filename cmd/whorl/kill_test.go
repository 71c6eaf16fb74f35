package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const killedPipeline = `
stages:
  fit:
    kind: command
    seed: true
    params: {rate: 0.1, epochs: 1}
    cmd: >-
      sleep 0.01; awk -v seed={seed} -v rate={params.rate} -v epochs={params.epochs} 'BEGIN {
      srand(seed); rand(); printf "{\"error\": %.6f}\n", (rate - 0.3)^2 + 0.1 / epochs + 0.01 * rand() }' > {metrics}
    metrics: {file: metrics.json, about: {error: {goal: minimize, primary: true}}}
`

const killedSweep = `
pipeline: pipeline.yaml
replicates: 2
search: {method: tpe, budget: 14, space: {fit.rate: {min: 0.01, max: 1.0}}}
prune: {method: asha, resource: fit.epochs, min: 1, max: 9, eta: 3}
`

// TestKillSweep kills a search at random moments and starts it again: it comes
// to the same trials with the same metrics as one that nobody disturbed, and no
// trial is done twice. WHORL_LONG=1 kills 20 times, else 3 times.
func TestKillSweep(t *testing.T) {
	kills := 3
	if os.Getenv("WHORL_LONG") != "" {
		kills = 20
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"pipeline.yaml": killedPipeline, "sweep.yaml": killedSweep} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	whorl, err := exec.LookPath("whorl") // that of testscript.Main
	if err != nil {
		t.Fatal(err)
	}
	start := func(args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
		var stdout, stderr bytes.Buffer
		c := exec.Command(whorl, args...)
		c.Dir, c.Stdout, c.Stderr = dir, &stdout, &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, &stdout, &stderr
	}
	began := time.Now()
	c, out, stderr := start("sweep", "sweep.yaml", "--json", "--artifacts", "undisturbed")
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	whole := time.Since(began)
	want, err := trialsOf(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	for ; ; killed++ {
		parallel := []string{"1", "2", "3"}[killed%3]
		c, out, stderr = start("sweep", "sweep.yaml", "--json", "--parallel", parallel)
		if killed < kills {
			timer := time.AfterFunc(rand.N(whole/time.Duration(kills)), func() { c.Process.Kill() })
			defer timer.Stop()
		}
		err := c.Wait()
		if err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Exited() {
			t.Fatalf("after %d kills: %v\n%s", killed, err, stderr)
		}
	}
	t.Logf("%d kills", killed)
	if got, err := trialsOf(out.Bytes()); err != nil || got != want {
		t.Errorf("after %d kills, the trials are (error %v)\n%s\nwant\n%s", killed, err, got, want)
	}
	if killed == 0 {
		t.Error("the sweep ended before it could be killed")
	}
	c, out, stderr = start("runs", "--all", "--json")
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	var runs []struct {
		State  string
		Params map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &runs); err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	for _, r := range runs {
		key, err := json.Marshal(r.Params)
		if err != nil {
			t.Fatal(err)
		}
		if r.State != "done" {
			continue
		}
		if done[string(key)] {
			t.Errorf("the trial %s was done twice", key)
		}
		done[string(key)] = true
	}
	if n := strings.Count(want, "\n"); len(done) != n {
		t.Errorf("%d runs are done, want one for each of %d trials", len(done), n)
	}
}
