package pipeline_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFramework builds and runs the program of docs/framework.md as a module
// of its own.
func TestFramework(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	page, err := os.ReadFile("../docs/framework.md")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	blocks := regexp.MustCompile("(?s)\n`([a-z./]+)`:\n\n```[a-z]*\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) != 4 {
		t.Fatalf("%d files in the page, want 4", len(blocks))
	}
	for _, b := range blocks {
		write(b[1], b[2])
	}
	mod := regexp.MustCompile("(?s)```\n(module poems.*?)```").FindStringSubmatch(string(page))
	if mod == nil {
		t.Fatal("no go.mod in the page")
	}
	write("go.mod", strings.Replace(mod[1], "/path/to/whorl", top, 1))
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write("go.sum", string(sums))

	run := func(what, want string) {
		t.Helper()
		cmd := exec.Command("go", "run", "-mod=mod", ".")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		equal(t, what, string(out), want)
	}
	edit := func(name, old, new string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(b), old) {
			t.Fatal(name, err)
		}
		write(name, strings.Replace(string(b), old, new, 1))
	}
	run("the first time", "shout: ran\ncount: ran, words = 5\n")
	run("the second time", "shout: cached\ncount: cached, words = 5\n")
	edit("main.go", `": ", s.Status`, `" ", s.Status`)
	edit("poem/poem.go", "// Params are", "// Params, we say, are")
	run("code that no stage reaches, and a comment", "shout cached\ncount cached, words = 5\n")
	edit("poem/poem.go", `%d different words`, `%d words`)
	run("code of a stage", "shout cached\ncount ran, words = 5\n")
}
