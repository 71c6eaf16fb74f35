package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/cli"
)

// write makes a project from a template.
func write(t *testing.T, template string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), template+"-example")
	var out bytes.Buffer
	if code := cli.Run(context.Background(), cli.App{Name: "whorl"}, []string{"init", "--template", template, dir}, &out, &out); code != 0 {
		t.Fatalf("init: exit code %d\n%s", code, &out)
	}
	return dir
}

// A program is one that a test calls in its project.
type program struct {
	t         *testing.T
	path, dir string
}

// call returns what the program prints on standard output, and demands its
// exit code.
func (p program) call(code int, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(p.path, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("%s: exit code %d, want %d (%v)\n%s%s", strings.Join(args, " "), got, code, err, &out, &errs)
	}
	return out.String() + errs.String()
}

func (p program) edit(name, old, now string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		p.t.Fatalf("%s does not contain %q: %v", name, old, err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(old), []byte(now)), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

// TestGo builds the Go project as a module of its own and calls each verb.
func TestGo(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	dir := write(t, "go")
	p := program{t, filepath.Join(dir, "poems"), dir}
	build := func() {
		t.Helper()
		cmd := exec.Command("go", "build", "-o", p.path, ".")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	build()
	for _, c := range []struct {
		code int
		call string
		want string
	}{
		{0, "status", "never run before"},
		{0, "run", "2 ran, 0 cached"},
		{0, "run", "0 ran, 2 cached"},
		{0, "run --json", `"count.words"`},
		{0, "status", "cached"},
		{0, "why count", "nothing changed"},
		{0, "why count --set count.min_length=5", "4 -> 5"},
		{0, "run --set count.min_length=5", "1 ran, 1 cached"},
		{0, "runs", "words"},
		{0, "show last", "count.min_length"},
		{0, "artifact last count.words -o -", ""},
		{0, "diff last last", ""},
		{0, "graph", "<- shout"},
		{0, "kinds count", "higher is better"},
		{0, "sweep sweep.yaml --dry-run", ""},
		{0, "sweep sweep.yaml", "3 trials"},
		{0, "sweeps", "lengths"},
		{0, "runs --sweep lengths", "done"},
		{0, "report -o report.html", "report.html"},
		{0, "reproduce last", "identical"},
		{0, "gc --dry-run", "would remove"},
		{0, "fsck", "0 damaged"},
		{0, "version", "poems "},
		{0, "help run", "poems run"},
		{0, "--help", "poems init DIR"},
		{0, "completion bash", "__start_poems"},
		{2, "rum", `did you mean "run"`},
		{2, "init .", "not empty"},
		{2, "run --set min_length=2", "did you mean count.min_length"},
	} {
		out := p.call(c.code, strings.Fields(c.call)...)
		if !strings.Contains(out, c.want) {
			t.Errorf("poems %s does not say %q:\n%s", c.call, c.want, out)
		}
		if strings.Contains(out, "whorl ") {
			t.Errorf("poems %s speaks of another program:\n%s", c.call, out)
		}
	}
	var run struct {
		Stages []struct{ Name, Status string }
	}
	statuses := func() (list []string) {
		if err := json.Unmarshal([]byte(jsonOf(p.call(0, "run", "--json"))), &run); err != nil {
			t.Fatal(err)
		}
		for _, s := range run.Stages {
			list = append(list, s.Status)
		}
		return list
	}
	p.edit("main.go", "// Command poems", "// The command poems")
	p.edit("poem/poem.go", "// Params are", "// The Params are")
	build()
	if got := strings.Join(statuses(), " "); got != "cached cached" {
		t.Errorf("after an edit of main.go and of a comment: %s", got)
	}
	p.edit("poem/poem.go", "%d different words", "%d words")
	build()
	if got := strings.Join(statuses(), " "); got != "cached ran" {
		t.Errorf("after an edit of the stage: %s", got)
	}
}

// jsonOf cuts the JSON object out of what a program printed.
func jsonOf(text string) string {
	end := strings.LastIndex(text, "\n}\n")
	return text[strings.Index(text, "{"):max(end+3, 0)]
}
