package pipeline_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// A job is what a helper process is to do: to run a pipeline many times over a
// store that it shares with others.
type job struct {
	Dir     string // of the pipeline; the store is below it
	Spec    string
	Runs    [][]string // settings of each run
	Jobs    int
	Counter string // a file outside of the store; every execution adds a line
}

const jobEnv = "WHORL_PIPELINE_TEST_JOB"

// helper does a job if this process was started for one.
func helper() (code int, ok bool) {
	text := os.Getenv(jobEnv)
	if text == "" {
		return 0, false
	}
	var j job
	if err := errors.Join(json.Unmarshal([]byte(text), &j), j.do()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

func (j *job) do() error {
	reg, err := j.registry()
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(j.Dir, "artifacts"))
	if err != nil {
		return err
	}
	for _, set := range j.Runs {
		p, err := reg.Parse(filepath.Join(j.Dir, "pipeline.yaml"), []byte(j.Spec), spec.Settings{Set: set})
		if err != nil {
			return err
		}
		if _, err := pipeline.NewEngine(s).Run(context.Background(), p, pipeline.Options{Jobs: j.Jobs}); err != nil {
			return err
		}
	}
	return nil
}

// count notes an execution, in one write that is atomic among processes.
func (j *job) count(what string) error {
	f, err := os.OpenFile(j.Counter, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(what + "\n")
	return errors.Join(err, f.Close())
}

// registry has a join that counts its executions by its text and inputs, and
// a train that counts its steps.
func (j *job) registry() (*spec.Registry, error) {
	reg := pipeline.NewRegistry()
	join := joinKind()
	run := join.Run
	join.Run = func(ctx context.Context, t *stage.Task) error {
		if err := run(ctx, t); err != nil {
			return err
		}
		work := t.Params.(writeParams).Text
		for _, in := range []string{"a", "b", "c"} {
			if t.Has(in) {
				b, err := t.ReadAll(in)
				if err != nil {
					return err
				}
				work += fmt.Sprintf(" %s=%x", in, sha256.Sum256(b))
			}
		}
		return j.count(fmt.Sprintf("join %q", work))
	}
	train := trainKind(func(step int) error {
		time.Sleep(2 * time.Millisecond)
		return j.count(fmt.Sprint("step ", step))
	})
	tree := stage.Kind{
		Name: "tree", Params: repeatParams{Times: 5}, Outputs: []stage.Port{{Name: "files", Dir: true}},
		Run: func(_ context.Context, t *stage.Task) error {
			dir, err := t.CreateDir("files")
			for i := range t.Params.(repeatParams).Times * 10 {
				err = errors.Join(err, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), fmt.Append(nil, i), 0o666))
			}
			return err
		},
	}
	return reg, reg.Register(join, train, tree)
}

func (j *job) start(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobEnv+"="+string(text))
	out := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// TestManyProcesses lets many processes run overlapping and distinct work over
// one store at once: each identical stage is executed once, no run is lost,
// and the store is sound. WHORL_LONG=1: 16 processes with 50 runs each.
func TestManyProcesses(t *testing.T) {
	processes, runs := 4, 4
	if long {
		processes, runs = 16, 50
	}
	dir := t.TempDir()
	const grid = `
stages:
  top: {kind: join}
  own: {kind: join}
  tree: {kind: tree}
  mid: {kind: join, inputs: {a: top.out, b: own.out}}
  end: {kind: join, params: {text: end}, inputs: {a: mid.out, b: top.out}}
`
	counter := filepath.Join(dir, "counter")
	cmds, outs := make([]*exec.Cmd, processes), make([]*bytes.Buffer, processes)
	for i := range processes {
		j := job{Dir: dir, Spec: grid, Jobs: 2, Counter: counter}
		r := rand.New(rand.NewPCG(uint64(i), 1))
		for n := range runs {
			j.Runs = append(j.Runs, []string{
				fmt.Sprintf("top.text=shared %d", n/4),    // by all
				fmt.Sprintf("own.text=%d-%d", i/4, n%10),  // by four
				fmt.Sprintf("mid.text=\"%d\"", r.IntN(3)), // by chance
				fmt.Sprintf("tree.times=%d", r.IntN(5)),
			})
		}
		cmds[i], outs[i] = j.start(t)
	}
	var wg sync.WaitGroup
	for i, cmd := range cmds {
		wg.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %d: %v\n%s", i, err, outs[i])
			}
		})
	}
	wg.Wait()

	text, err := os.ReadFile(counter)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	lines := strings.Fields(strings.ReplaceAll(string(text), " ", "_"))
	for _, l := range lines {
		if seen[l]++; seen[l] == 2 {
			t.Errorf("executed twice: %s", l)
		}
	}
	s, err := store.Open(filepath.Join(dir, "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := s.Runs()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "recorded runs", len(recorded), processes*runs)
	for _, f := range recorded {
		res, err := record.Read(s, f.ID)
		if err != nil || res.State != record.Done {
			t.Errorf("run %s: %v, %v", f.ID, res, err)
		}
	}
	checkSound(t, s)
	t.Logf("%d processes, %d runs each: %d stages executed, each once, of %d", processes, runs, len(lines), processes*runs*5)
}

// checkSound checks that nothing is damaged and nothing is left over.
func checkSound(t *testing.T, s *store.Store) {
	t.Helper()
	c, err := s.Fsck(t.Context(), store.FsckOptions{})
	if err != nil || len(c.Damaged)+len(c.Lost) > 0 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	for _, name := range []string{"tmp", "active"} {
		left, err := os.ReadDir(filepath.Join(s.Dir(), name))
		if err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", name, left, err)
		}
	}
}

// TestKill kills a process again and again at random moments, while it trains
// with checkpoints, makes files and directories, and runs commands. After each
// kill the next process needs no help, and in the end everything is as if
// nothing had happened. WHORL_LONG=1: 200 kills.
func TestKill(t *testing.T) {
	kills := 10
	if long {
		kills = 200
	}
	const grid = `
stages:
  a: {kind: join}
  tree: {kind: tree}
  train: {kind: train, params: {steps: 20}}
  shell: {kind: command, inputs: {in: a.out, tree: tree.files}, cmd: "sleep 0.01; cat {inputs.in} {inputs.tree}/* > {outputs.all}; sleep 0.01", outputs: {all: all.txt}}
  end: {kind: join, inputs: {a: train.weights, b: shell.all}}
`
	dir := t.TempDir()
	fresh := func(sub string, n int) job {
		d := filepath.Join(dir, sub)
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
		return job{Dir: d, Spec: grid, Jobs: 3, Counter: filepath.Join(d, "counter"), Runs: [][]string{{
			fmt.Sprintf("a.text=\"%d\"", n), fmt.Sprintf("train.rate=%d", n), fmt.Sprintf("tree.times=%d", 1+n%9),
		}}}
	}
	run := func(j job) (took time.Duration) {
		t.Helper()
		begin := time.Now()
		cmd, out := j.start(t)
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return time.Since(begin)
	}
	whole := run(fresh("whole", 0))

	killed, survived, finished := 0, 0, 0
	var s *store.Store
	for round := 0; killed < kills; round++ {
		j := fresh("killed", round)
		for attempt := 0; ; attempt++ {
			cmd, out := j.start(t)
			timer := time.AfterFunc(rand.N(whole), func() { cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				survived++
				break
			}
			if cmd.ProcessState.ExitCode() >= 0 { // it ended by itself
				t.Fatalf("after %d kills: %v\n%s", killed, err, out)
			}
			if killed++; attempt == 20 {
				run(j)
				break
			}
		}
		finished++
		var err error
		if s, err = store.Open(filepath.Join(j.Dir, "artifacts")); err != nil {
			t.Fatal(err)
		}
		if left, err := record.Recover(s); err != nil || left != nil {
			t.Fatal(left, err)
		}
		checkSound(t, s)
		checkAgainst(t, s, fresh(fmt.Sprint("whole", round), round))
	}
	states := map[record.State]int{}
	files, err := s.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		res, err := record.Read(s, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		states[res.State]++
	}
	equal(t, "runs that are done", states[record.Done] >= finished, true)
	if states[record.Running]+states[record.Interrupted] > 0 {
		t.Errorf("states: %v", states)
	}
	t.Logf("%d kills in %d pipelines; runs: %v", killed, finished, states)
}

// checkAgainst runs a job undisturbed in a store of its own and compares the
// newest run that is done with it.
func checkAgainst(t *testing.T, s *store.Store, j job) {
	t.Helper()
	if err := j.do(); err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(filepath.Join(j.Dir, "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	want, got := newestDone(t, other), newestDone(t, s)
	for i, w := range want.Stages {
		g := got.Stages[i]
		if g.Key != w.Key || !slices.Equal(g.Outputs, w.Outputs) {
			t.Errorf("stage %s: got %s %v, want %s %v", w.Name, g.Key, g.Outputs, w.Key, w.Outputs)
		}
	}
}

func newestDone(t *testing.T, s *store.Store) *record.Run {
	t.Helper()
	files, err := s.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		res, err := record.Read(s, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if res.State == record.Done {
			return res
		}
	}
	t.Fatal("no run is done")
	return nil
}
