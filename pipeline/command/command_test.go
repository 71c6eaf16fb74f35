package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
		"signal":    {Spec{Cmd: "kill -TERM $$"}, "terminated", ""},
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
	lock := filepath.Join(t.TempDir(), "lock")
	leave := "exec 7>" + lock + "; flock 7; sleep 300 & echo > " + lock + "; "
	gone := func(how string) {
		t.Helper()
		f, err := os.Open(lock)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			t.Errorf("%s: what it had started goes on", how)
		}
		os.Remove(lock)
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
	go func() {
		for {
			if b, _ := os.ReadFile(lock); len(b) > 0 {
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

// TestOutputsElsewhere checks that an output which a link leads out of the
// stage's directory is refused by name, and that nothing out there is moved
// (defect 7).
func TestOutputsElsewhere(t *testing.T) {
	elsewhere := t.TempDir()
	mine := filepath.Join(elsewhere, "x")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ cmd, want string }{
		"a folder on the way": {"rmdir d; ln -s " + elsewhere + " d", `output "o": d is a symbolic link`},
		"the output itself":   {"ln -s " + mine + " d/x", `output "o": d/x is a symbolic link`},
		"a file on the way":   {"rmdir d; echo > d", `d`},
	} {
		_, _, err := try(t, Spec{Cmd: c.cmd, Outputs: []Output{{Name: "o", File: "d/x"}}}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
			t.Fatalf("%s: the file out there is now %q, %v", name, b, err)
		}
	}
}

// TestInputModes checks that of an input's permissions only the one to execute
// reaches a command.
func TestInputModes(t *testing.T) {
	dir := t.TempDir()
	for mode, want := range map[os.FileMode]string{0o644: "444", 0o600: "444", 0o755: "555", 0o700: "555", 0o744: "555", 0o645: "444"} {
		path := filepath.Join(dir, "input")
		os.Remove(path)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		out := t.TempDir() + "/out"
		os.Mkdir(out, 0o777)
		s := Spec{Cmd: "stat -c %a {inputs.a} > {outputs.o}", Inputs: []string{"a"}, Outputs: one}
		err := s.Kind().Run(t.Context(), &stage.Task{Params: s, OutDir: out, Inputs: map[string]stage.Input{"a": {Path: path}}})
		b, _ := os.ReadFile(out + "/o")
		if got := strings.TrimSpace(string(b)); err != nil || got != want {
			t.Errorf("mode %o reaches the command as %s, want %s; %v", mode, got, want, err)
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

func TestMediaTypes(t *testing.T) {
	k := Spec{Outputs: []Output{{"a", "a.png", false}, {"b", "b", true}, {"c", "c.xyz", false}}}.Kind()
	for i, want := range []string{stage.TypePNG, stage.TypeTree, ""} {
		if got := k.Outputs[i].Type; got != want {
			t.Errorf("%s: got %q, want %q", k.Outputs[i].Name, got, want)
		}
	}
}
