package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var pythonBlock = regexp.MustCompile("(?s)```python\n(.*?)```")

// TestSnippets runs the Python of docs/analysis.md on a recorded sweep, where
// what it imports is installed.
func TestSnippets(t *testing.T) {
	text, err := os.ReadFile("../../docs/analysis.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := pythonBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d snippets", len(blocks))
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"pipeline.yaml": "stages:\n  score:\n    kind: command\n    seed: true\n    params: {way: 1}\n" +
			"    cmd: \"echo '{\\\"rmse\\\": {seed}.5}' > {metrics}\"\n    metrics: {file: metrics.json}\n",
		"sweep.yaml": "name: s\npipeline: pipeline.yaml\ngrid: {score.way: [1, 2], seed: [1, 2]}\n",
	} {
		if err := os.WriteFile(dir+"/"+name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WHORL_SNIPPETS", "1") // TestMain then is the program
	sweep := exec.Command(program, "sweep", "sweep.yaml")
	sweep.Dir = dir
	if out, err := sweep.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, module := range []string{"pandas", "duckdb"} {
		t.Run(module, func(t *testing.T) {
			if exec.Command("python3", "-c", "import "+module).Run() != nil {
				t.Skip("python3 has no " + module)
			}
			if module == "duckdb" && exec.Command("python3", "-c", "import duckdb; duckdb.connect().sql('LOAD sqlite')").Run() != nil {
				t.Skip("duckdb has no sqlite extension")
			}
			cmd := exec.Command("python3", "-c", blocks[i][1])
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "score.rmse") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
