package command

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"whorl/pipeline/stage"
)

type recorder struct {
	mu  sync.Mutex
	log strings.Builder
}

func (r *recorder) Metric(stage.Metric)     {}
func (r *recorder) Progress(stage.Progress) {}
func (r *recorder) Log(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log.WriteString(line + "\n")
}

// try runs a command with the inputs of the given content, and returns what
// its output "o" holds.
func try(t *testing.T, s Spec, inputs map[string]string) (out, log string, err error) {
	t.Helper()
	dir := t.TempDir()
	rec := &recorder{}
	task := &stage.Task{Stage: "s", Params: s, OutDir: filepath.Join(dir, "out"), Inputs: map[string]stage.Input{}, Observer: rec}
	if err := os.Mkdir(task.OutDir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range inputs {
		path := filepath.Join(t.TempDir(), "x y")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		task.Inputs[name] = stage.Input{Path: path}
	}
	err = s.Kind().Run(t.Context(), task)
	b, _ := os.ReadFile(filepath.Join(task.OutDir, "o"))
	return string(b), rec.log.String(), err
}

var one = []Output{{Name: "o", File: "o.txt"}}

func TestRun(t *testing.T) {
	t.Setenv("SECRET", "leaked")
	for name, c := range map[string]struct {
		spec   Spec
		inputs map[string]string
		want   string
	}{
		"placeholders":      {Spec{Cmd: "cat {inputs.a} > {outputs.o}; echo {params.n} >> {outputs.o}", Params: map[string]string{"n": "3"}}, map[string]string{"a": "hello\n"}, "hello\n3\n"},
		"other braces":      {Spec{Cmd: "x=1; echo ${x} {a,b} {inputs} '{}' > {outputs.o}"}, nil, "1 {a,b} {inputs} {}\n"},
		"quoting":           {Spec{Cmd: "printf '%s|' {params.p} > {outputs.o}", Params: map[string]string{"p": Quote("a 'b' $(c) `d` \"e\" \\")}}, nil, "a 'b' $(c) `d` \"e\" \\|"},
		"relative":          {Spec{Cmd: "echo here > o.txt"}, nil, "here\n"},
		"no environment":    {Spec{Cmd: "echo \"[$SECRET]\" > {outputs.o}"}, nil, "[]\n"},
		"asked for":         {Spec{Cmd: "echo \"[$SECRET]\" > {outputs.o}", Env: []string{"SECRET=passed"}}, nil, "[passed]\n"},
		"its own directory": {Spec{Cmd: "ls | grep -v o.txt > {outputs.o}"}, nil, "in\n"},
		"stable paths":      {Spec{Cmd: "echo {inputs.a} {outputs.o} > {outputs.o}"}, map[string]string{"a": ""}, "in/a o.txt\n"},
		"read-only inputs":  {Spec{Cmd: "ls -l {inputs.a} | cut -c1-10 > {outputs.o}"}, map[string]string{"a": ""}, "-r--r--r--\n"},
		"HOME and TMPDIR":   {Spec{Cmd: "test -d $HOME && touch $TMPDIR/x && echo ok > {outputs.o}"}, nil, "ok\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c.spec.Outputs = one
			for in := range c.inputs {
				c.spec.Inputs = append(c.spec.Inputs, in)
			}
			got, log, err := try(t, c.spec, c.inputs)
			if err != nil || got != c.want {
				t.Errorf("got %q, want %q; %v\n%s", got, c.want, err, log)
			}
		})
	}
}

// TestInputIsFrozen checks that what a command does to its input does not
// reach the original.
func TestInputIsFrozen(t *testing.T) {
	dir := t.TempDir()
	original := filepath.Join(dir, "original")
	os.WriteFile(original, []byte("as it was"), 0o666)
	os.Mkdir(filepath.Join(dir, "out"), 0o777)
	s := Spec{Cmd: "chmod u+w {inputs.a}; echo scribble > {inputs.a}; cp {inputs.a} {outputs.o}", Inputs: []string{"a"}, Outputs: one}
	err := s.Kind().Run(t.Context(), &stage.Task{
		Params: s, OutDir: filepath.Join(dir, "out"), Inputs: map[string]stage.Input{"a": {Path: original}},
	})
	b, _ := os.ReadFile(original)
	if err != nil || string(b) != "as it was" {
		t.Errorf("the original is now %q; %v", b, err)
	}
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		spec Spec
		want string
		log  string
	}{
		"exit code": {Spec{Cmd: "echo out; echo err >&2; exit 3"}, "exit status 3", "out\nerr\n"},
		"no output": {Spec{Cmd: "true"}, `did not make its output "o", the file o.txt`, ""},
		"signal":    {Spec{Cmd: "kill -TERM $$"}, "signal: terminated", ""},
		"timeout":   {Spec{Cmd: "sleep 60", Timeout: 50 * time.Millisecond}, "longer than its timeout of 50ms", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.spec.Outputs = one
			_, log, err := try(t, c.spec, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(log, c.log) {
				t.Errorf("got %v, log %q; want %q, %q", err, log, c.want, c.log)
			}
		})
	}
}

// TestNothingOutlives checks that what a command leaves running is gone when
// its stage ends, however that comes about.
func TestNothingOutlives(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	leave := "sleep 300 & echo $! > " + pidFile + "; "
	gone := func(how string) {
		t.Helper()
		b, err := os.ReadFile(pidFile)
		if err != nil {
			t.Fatal(err)
		}
		if running(strings.TrimSpace(string(b))) {
			t.Errorf("%s: what it had started goes on", how)
		}
	}
	if _, _, err := try(t, Spec{Cmd: leave + "echo > o.txt", Outputs: one}, nil); err != nil {
		t.Error(err)
	}
	gone("a good end")
	if _, _, err := try(t, Spec{Cmd: leave + "wait", Outputs: one, Timeout: 200 * time.Millisecond}, nil); !errors.Is(err, ErrTimeout) {
		t.Error(err)
	}
	gone("a timeout")

	ctx, cancel := context.WithCancel(t.Context())
	s := Spec{Cmd: leave + "wait", Outputs: one}
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, "out"), 0o777)
	os.Remove(pidFile)
	go func() {
		for {
			if b, _ := os.ReadFile(pidFile); len(b) > 0 {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if err := s.Kind().Run(ctx, &stage.Task{Params: s, OutDir: filepath.Join(dir, "out")}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	gone("an interrupt")
}

// TestEscaped checks that a process which leaves its group, and so is not
// killed, holds nothing up although it holds the command's output open.
func TestEscaped(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip(err)
	}
	pidFile := filepath.Join(t.TempDir(), "pid")
	escape := "setsid sh -c 'echo $$ > " + pidFile + "; exec sleep 300' & while ! [ -s " + pidFile + " ]; do :; done; echo > o.txt"
	for _, timeout := range []time.Duration{0, time.Second} {
		s := Spec{Cmd: escape, Outputs: one, Timeout: timeout}
		if timeout > 0 {
			s.Cmd += "; sleep 300"
		}
		os.Remove(pidFile)
		var log string
		var err error
		done := make(chan bool)
		go func() {
			defer close(done)
			_, log, err = try(t, s, nil)
		}()
		select {
		case <-done:
		case <-time.After(60 * time.Second):
			t.Error("it waits for a process that left its group")
		}
		b, e := os.ReadFile(pidFile)
		pid, e2 := strconv.Atoi(strings.TrimSpace(string(b)))
		if e := errors.Join(e, e2); e != nil {
			t.Fatal(e)
		}
		syscall.Kill(pid, syscall.SIGKILL)
		<-done
		if (timeout > 0) != errors.Is(err, ErrTimeout) || timeout == 0 && err != nil {
			t.Errorf("timeout %v: %v", timeout, err)
		}
		if !strings.Contains(log, "left its process group") {
			t.Errorf("the log does not tell:\n%s", log)
		}
	}
}

// TestLongLine checks that a line without an end is not held as a whole, and
// that nothing of it is lost.
func TestLongLine(t *testing.T) {
	_, log, err := try(t, Spec{Cmd: "head -c 1000000 /dev/zero | tr '\\0' x; echo > o.txt", Outputs: one}, nil)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for l := range strings.Lines(log) {
		if l = strings.TrimSuffix(l, "\n"); strings.Trim(l, "x") != "" {
			continue
		}
		if total += len(l); len(l) > 64<<10 {
			t.Errorf("a line of %d bytes", len(l))
		}
	}
	if total != 1000000 {
		t.Errorf("the log has %d bytes", total)
	}
}

// running reports whether a process is there and no zombie.
func running(pid string) bool {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(state, "Z")
}

// TestKilled checks that a command does not outlive a process that is killed
// before it can do anything about it.
func TestKilled(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	me := exec.Command(os.Args[0], "-test.run=TestHelper")
	me.Env = append(os.Environ(), "COMMAND_TEST_PID="+pidFile)
	if err := me.Start(); err != nil {
		t.Fatal(err)
	}
	var pid string
	for deadline := time.Now().Add(20 * time.Second); pid == ""; time.Sleep(time.Millisecond) {
		b, _ := os.ReadFile(pidFile)
		pid = strings.TrimSpace(string(b))
		if time.Now().After(deadline) {
			t.Fatal("the command did not start")
		}
	}
	me.Process.Kill()
	me.Wait()
	for deadline := time.Now().Add(20 * time.Second); running(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("an orphan goes on")
		}
	}
}

// TestHelper is the process that TestKilled kills.
func TestHelper(t *testing.T) {
	pidFile := os.Getenv("COMMAND_TEST_PID")
	if pidFile == "" {
		t.Skip("it is only for TestKilled")
	}
	try(t, Spec{Cmd: "(sleep 300 & echo $! > " + pidFile + "; wait) & wait", Outputs: one}, nil)
}

func TestMediaTypes(t *testing.T) {
	k := Spec{Outputs: []Output{{"a", "a.png", false}, {"b", "b", true}, {"c", "c.xyz", false}}}.Kind()
	for i, want := range []string{stage.TypePNG, stage.TypeTree, ""} {
		if got := k.Outputs[i].Type; got != want {
			t.Errorf("%s: got %q, want %q", k.Outputs[i].Name, got, want)
		}
	}
}
