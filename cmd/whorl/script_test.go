package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"whorl/stages/synthetic"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata/script")

func TestMain(m *testing.M) {
	if os.Getenv("WHORL_SNIPPETS") != "" {
		main() // exits
	}
	testscript.Main(m, map[string]func(){"whorl": main})
}

// TestScripts runs the command as its users do. In a script, $PRINTS is a tree
// of two synthetic subjects, to be read only, $REPO the repository, mini.yaml
// a pipeline that ends with the split, and "exits N COMMAND..." demands an
// exit code.
func TestScripts(t *testing.T) {
	prints := filepath.Join(t.TempDir(), "prints")
	if err := synthetic.WriteTree(context.Background(), prints, synthetic.Options{Subjects: 2, Seed: 1}, nil); err != nil {
		t.Fatal(err)
	}
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mini, err := os.ReadFile("testdata/mini.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PRINTS", prints)
			env.Setenv("REPO", repo)
			return os.WriteFile(filepath.Join(env.WorkDir, "mini.yaml"), mini, 0o666)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"json":  checkJSON,
		},
	})
}

// exits runs a command and demands its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("%s exited with %d, want %d", args[1], code, want)
	}
}

// checkJSON reads a file (stdout counts as one) as JSON and compares the value
// at each path with what is wanted: "json stdout state=done stages/0/name=ingest".
// The wanted value * takes anything, and +N anything of N elements.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: json FILE PATH=VALUE...")
	}
	if err := matchJSON([]byte(ts.ReadFile(args[0])), args[1:]); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

var errNoValue = fmt.Errorf("there is no such value")
