package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPython runs the Python project from init to report. It is skipped where
// there is no numpy.
func TestPython(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	if err := exec.Command("/usr/bin/python3", "-c", "import numpy").Run(); err != nil {
		t.Skip("python3-numpy is not installed")
	}
	dir := write(t, "python")
	p := program{t, filepath.Join(t.TempDir(), "whorl"), dir}
	if out, err := exec.Command("go", "build", "-o", p.path, "whorl/cmd/whorl").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, c := range []struct{ call, want string }{
		{"run", "4 ran, 0 cached"},
		{"run", "0 ran, 4 cached"},
		{"show last", "evaluate.rmse"},
		{"run --set fit.degree=1", "2 ran, 2 cached"},
		{"run --seed 2", "3 ran, 1 cached"},
		{"why fit --set fit.alpha=0.5", "0.001 -> 0.5"},
		{"sweep sweep.yaml", "9 trials"},
		{"report --sweep degree -o report.html", "report.html"},
		{"reproduce last", "identical"},
		{"artifact last evaluate.plot -o fit.svg", ""},
	} {
		if out := p.call(0, strings.Fields(c.call)...); !strings.Contains(out, c.want) {
			t.Errorf("whorl %s does not say %q:\n%s", c.call, c.want, out)
		}
	}
	svg, err := os.ReadFile(filepath.Join(dir, "fit.svg"))
	if err != nil || !strings.HasPrefix(string(svg), "<svg ") || strings.Count(string(svg), "<circle") != 80 {
		t.Errorf("the plot of 80 test rows: %v\n%.200s", err, svg)
	}
	p.edit("data/houses.csv", "station", "harbour")
	if out := p.call(0, "why", "evaluate"); !strings.Contains(out, "houses.csv") {
		t.Errorf("why evaluate does not name the table that was edited:\n%s", out)
	}
}

// The table is what its script writes.
func TestTable(t *testing.T) {
	if err := exec.Command("python3", "--version").Run(); err != nil {
		t.Skip("python3 is not installed")
	}
	dir := write(t, "python")
	table := filepath.Join(dir, "data", "houses.csv")
	want, err := os.ReadFile(table)
	if err != nil || os.Remove(table) != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("python3", filepath.Join(dir, "data", "make.py")).CombinedOutput(); err != nil {
		t.Fatalf("make.py: %v\n%s", err, out)
	}
	if got, err := os.ReadFile(table); err != nil || string(got) != string(want) {
		t.Errorf("make.py writes another table than the one that is kept: %v", err)
	}
}
