package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

// crashing is a program with verbs that crash.
var crashing = App{Name: "brittle", Version: "1.2.3", Verbs: func(env *Env) []*cobra.Command {
	return []*cobra.Command{
		{Use: "crash", RunE: func(*cobra.Command, []string) error { panic("a bug") }},
		{Use: "crash-elsewhere", RunE: func(*cobra.Command, []string) error {
			go panic("a bug")
			select {}
		}},
		{Use: "ignore", RunE: func(*cobra.Command, []string) error {
			env.Stdout.Write([]byte("lost\n"))
			return nil
		}},
	}
}}

func TestMain(m *testing.M) {
	if os.Getenv("BRITTLE") != "" {
		Main(crashing)
	}
	os.Exit(m.Run())
}

// call calls the program and returns its exit code and what it wrote.
func call(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = Run(context.Background(), crashing, args, &o, &e)
	return code, o.String(), e.String()
}

func TestPanic(t *testing.T) {
	code, _, errs := call("crash")
	if code != 1 || !strings.HasPrefix(errs, "brittle: internal error: a bug\n") || !strings.Contains(errs, "app_test.go") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

// A crash of any goroutine ends the process with another code than that of a
// usage error.
func TestCrash(t *testing.T) {
	for verb, want := range map[string]int{"crash": 1, "crash-elsewhere": -1, "nothing": 2} {
		cmd := exec.Command(os.Args[0], verb)
		cmd.Env = append(os.Environ(), "BRITTLE=1")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != want {
			t.Errorf("%s: %v, want code %d\n%s", verb, err, want, out)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// Output that is lost makes the call fail even if the verb does not notice.
func TestLostOutput(t *testing.T) {
	for _, verb := range []string{"ignore", "kinds", "--help", "version"} {
		var errs bytes.Buffer
		if code := Run(context.Background(), crashing, []string{verb}, full{}, &errs); code != 1 || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: exit code %d: %s", verb, code, &errs)
		}
	}
}

// Help and errors say the name of the program, and no other.
func TestName(t *testing.T) {
	root := Command(crashing, &bytes.Buffer{}, &bytes.Buffer{})
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		for _, text := range []string{c.Short, c.Long, c.Example} {
			if strings.Contains(text, "{app}") || strings.Contains(text, "whorl ") {
				t.Errorf("%s: %s", c.CommandPath(), text)
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	if code, out, _ := call("--version"); code != 0 || !strings.HasPrefix(out, "brittle 1.2.3") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if code, _, errs := call("rum"); code != 2 || errs != "brittle: unknown command \"rum\" (did you mean \"run\"?) (see: brittle --help)\n" {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestExitCode(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		err  error
		want int
	}{
		{context.Background(), nil, 0},
		{context.Background(), errors.New("x"), 1},
		{context.Background(), Usagef("x"), 2},
		{ended, errors.New("x"), 130},
		{ended, Usagef("x"), 2},
		{ended, nil, 0},
	} {
		if got := exitCode(c.ctx, c.err); got != c.want {
			t.Errorf("%v after %v: %d, want %d", c.err, c.ctx.Err(), got, c.want)
		}
	}
}
