package track

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func process(t *testing.T, role, path, name string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), roleVar+"="+role, pathVar+"="+path, nameVar+"="+name)
	return cmd
}

// No run is lost when many processes create one database and record into it.
func TestManyProcesses(t *testing.T) {
	const processes = 16
	path := filepath.Join(t.TempDir(), "runs.db")
	errs := make(chan error, processes)
	for i := range processes {
		cmd := process(t, roleRecord, path, fmt.Sprint("p", i))
		go func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			errs <- err
		}()
	}
	for range processes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	db, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	runs, err := db.Runs(t.Context(), Filter{State: "done"})
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != processes*runsEach {
		t.Errorf("%d runs, want %d", len(runs), processes*runsEach)
	}
	for _, r := range runs {
		if len(r.Stages) != 2 || len(r.Metrics) != 3 || len(r.Params) != 6 {
			t.Errorf("run %s is incomplete: %+v", r.ID, r)
		}
	}
}

// A run is failed when its process is gone, and not before.
func TestDeadRunIsMarkedFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	cmd := process(t, roleHang, path, "a1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "started\n" {
		t.Fatalf("the process said %q, %v", line, err)
	}
	state := func() string {
		t.Helper()
		db, err := OpenReadOnly(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		r, err := db.Run(t.Context(), "a1")
		if err != nil {
			t.Fatal(err)
		}
		s := []string{r.State}
		for _, st := range r.Stages {
			s = append(s, st.Name, st.Status, st.Error)
		}
		if done := r.State != "running"; done == r.Finished.IsZero() {
			t.Errorf("state %s, finished %v", r.State, r.Finished)
		}
		if r.Finished.After(time.Now()) {
			t.Errorf("it finished at %v, which is still to come", r.Finished)
		}
		return strings.Join(s, "|")
	}
	if got, want := state(), "running|split|cached||train|running|"; got != want {
		t.Errorf("while the process lives: %s, want %s", got, want)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	const dead = "failed|split|cached||train|failed|the process died while this stage was being executed"
	for range 2 { // the second time there is nothing left to do
		if got := state(); got != dead {
			t.Errorf("after its death: %s, want %s", got, dead)
		}
	}
	if left, _ := filepath.Glob(path + "-live/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A run that this process records is not dead, nor is it after it is done.
func TestOwnRunIsNotDead(t *testing.T) {
	db := open(t)
	rec, run := db.Recorder(Meta{Dir: t.TempDir()}), example("a1", false)
	if err := start(t.Context(), rec, run); err != nil {
		t.Fatal(err)
	}
	if err := rec.StageStarted(t.Context(), "a1", "split", epoch); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"running", "done"} {
		if want == "done" {
			if err := rec.RunFinished(t.Context(), run); err != nil {
				t.Fatal(err)
			}
		}
		again, err := Open(t.Context(), db.Path())
		if err != nil {
			t.Fatal(err)
		}
		r, err := again.Run(t.Context(), "a1")
		if err != nil || r.State != want {
			t.Errorf("%v, %v, want %s", r, err, want)
		}
		again.Close()
	}
}

// A run whose process died ended when it was last heard of.
func TestDeadRunEndedWhenLastHeardOf(t *testing.T) {
	db, run := open(t), example("a1", false)
	rec := db.Recorder(Meta{Dir: t.TempDir()}).(*recorder)
	err := errors.Join(
		start(t.Context(), rec, run),
		rec.StageStarted(t.Context(), "a1", "train", run.Stages[1].Started),
		rec.StageFinished(t.Context(), "a1", run.Stages[1]),
		rec.claim.f.Close(), // as when the process ends
	)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), db.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	r, err := again.Run(t.Context(), "a1")
	if err != nil || r.State != "failed" || r.Seconds != 8 {
		t.Errorf("%+v, %v; want one that failed after 8 seconds", r, err)
	}
}

func TestSameRunTwice(t *testing.T) {
	db := open(t)
	first, second := db.Recorder(Meta{}), db.Recorder(Meta{})
	run := example("a1", false)
	if err := start(t.Context(), first, run); err != nil {
		t.Fatal(err)
	}
	if err := start(t.Context(), second, run); err == nil || !strings.Contains(err.Error(), "claim run a1") {
		t.Errorf("error %v", err)
	}
	if err := second.RunFinished(t.Context(), run); err != nil { // as the engine does
		t.Error(err)
	}
	if err := first.RunFinished(t.Context(), run); err != nil {
		t.Error(err)
	}
	if r, err := db.Run(t.Context(), "a1"); err != nil || r.State != "done" {
		t.Errorf("%+v, %v", r, err)
	}
}
