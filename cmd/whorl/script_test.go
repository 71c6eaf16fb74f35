package main

import (
	"context"
	"encoding/json"
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
// exit code, "same A B" the same trials of two sweeps.
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
			"same":  sameTrials,
		},
	})
}

// sameTrials demands that two results of "sweep --json" have the same trials,
// with the same parameters and metrics.
func sameTrials(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same FILE FILE")
	}
	var trials [2]string
	for i, file := range args {
		t, err := trialsOf([]byte(ts.ReadFile(file)))
		ts.Check(err)
		trials[i] = t
	}
	if trials[0] != trials[1] {
		ts.Fatalf("the trials differ:\n%s\nand\n%s", trials[0], trials[1])
	}
}

// trialsOf lists the trials of a result of "sweep --json": what is the same
// however a sweep came about.
func trialsOf(result []byte) (string, error) {
	var r struct {
		Trials []struct {
			Trial, Configuration, Replicate, Resource int
			State                                     string
			Params, Metrics                           map[string]any
		}
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return "", err
	}
	text := ""
	for _, t := range r.Trials {
		text += fmt.Sprintf("%+v\n", t)
	}
	return text, nil
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
