package whorl_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// arrows says which packages a package may import; ARCHITECTURE.md gives the
// reasons. A name stands for the packages below it too, but for those that have
// a row of their own, and these may import each other.
var arrows = map[string][]string{
	"cmd":                    {"", "cli", "workspace", "stages", "verifier", "siamese", "fingerprint", "pipeline/record", "pipeline/spec", "pipeline/stage"},
	"cli":                    {"examples", "reports", "workspace", "experiments", "pipeline", "pipeline/command", "pipeline/explain", "pipeline/record", "pipeline/spec", "pipeline/spec/yamlwalk", "pipeline/stage", "pipeline/store", "pipeline/value"},
	"workspace":              {"experiments", "pipeline", "pipeline/explain", "pipeline/record", "pipeline/spec", "pipeline/spec/yamlwalk", "pipeline/stage", "pipeline/store", "pipeline/value"},
	"reports":                {"experiments", "biometrics", "pipeline/record", "pipeline/stage", "pipeline/store"},
	"experiments":            {"pipeline", "pipeline/record", "pipeline/spec", "pipeline/spec/yamlwalk", "pipeline/stage", "pipeline/store", "pipeline/value", "biometrics"},
	"stages":                 {"stages/internal", "pipeline/stage", "fingerprint", "siamese", "biometrics"},
	"stages/internal":        {"pipeline/stage", "fingerprint", "siamese"},
	"pipeline":               {"pipeline/record", "pipeline/spec", "pipeline/stage", "pipeline/store", "pipeline/value"},
	"pipeline/explain":       {"pipeline/record", "pipeline/spec", "pipeline/stage", "pipeline/store", "pipeline/value"},
	"pipeline/spec":          {"pipeline/spec/yamlwalk", "pipeline/command", "pipeline/gather", "pipeline/stage", "pipeline/store", "pipeline/value"},
	"pipeline/spec/yamlwalk": {},
	"pipeline/gather":        {"pipeline/stage", "pipeline/store"},
	"pipeline/command":       {"pipeline/stage", "pipeline/store"},
	"pipeline/record":        {"pipeline/stage", "pipeline/store", "pipeline/value"},
	"pipeline/value":         {},
	"pipeline/stage":         {},
	"pipeline/store":         {"pipeline/stage"},
	"verifier":               {"siamese", "fingerprint"},
	"siamese":                {"siamese/kernel"},
	"siamese/kernel":         {},
	"fingerprint":            {},
	"biometrics":             {},
	"internal/bench":         {"siamese", "fingerprint", "biometrics", "experiments", "pipeline", "pipeline/spec", "pipeline/stage", "pipeline/store", "pipeline/record"},
	"examples":               {},
	"examples/go":            {"cli", "pipeline/spec", "pipeline/stage"},
	"":                       {}, // the root package: the embedded source
}

// soleImporter names the only rows of arrows that may import a module.
var soleImporter = map[string]string{
	"gorgonia.org/":                   "siamese",
	"github.com/mattn/go-sqlite3":     "experiments",
	"github.com/go-echarts/":          "reports",
	"github.com/spf13/cobra":          "cli, cmd",
	"github.com/sbinet/npyio":         "stages/internal, siamese",
	"gonum.org/v1/gonum":              "biometrics, experiments, siamese, internal/bench",
	"go.yaml.in/yaml/":                "pipeline/spec, pipeline/spec/yamlwalk, experiments",
	"golang.org/x/image/bmp":          "fingerprint",
	"github.com/mattn/go-isatty":      "cli",
	"golang.org/x/term":               "cli",
	"github.com/chromedp/chromedp":    "",
	"github.com/google/go-cmp":        "",
	"pgregory.net/rapid":              "",
	"github.com/rogpeppe/go-internal": "",
}

// row returns the row of arrows that a package belongs to.
func row(path string) string {
	best := ""
	for r := range arrows {
		if len(r) > len(best) && (path == r || strings.HasPrefix(path, r+"/")) {
			best = r
		}
	}
	return best
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// TestImports keeps the arrows between packages as DESIGN and ARCHITECTURE.md
// draw them: one way, and no stage beside another.
func TestImports(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	seen := 0
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "whorl"), "/")
		for _, imp := range p.Imports {
			if imp == "whorl" || strings.HasPrefix(imp, "whorl/") {
				checkArrow(t, from, strings.TrimPrefix(strings.TrimPrefix(imp, "whorl"), "/"))
				continue
			}
			for module, rows := range soleImporter {
				if strings.HasPrefix(imp, module) && !contains(strings.Split(rows, ", "), row(from)) {
					t.Errorf("%s imports %s, which only %q may", p.ImportPath, imp, rows)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages seen: the test looks in the wrong place", seen)
	}
}

func checkArrow(t *testing.T, from, to string) {
	t.Helper()
	a, b := row(from), row(to)
	switch {
	case a == "stages" && b == "stages":
		if strings.Split(from, "/")[1] != strings.Split(to, "/")[1] {
			t.Errorf("%s imports its sibling %s: stages meet only through artifacts", from, to)
		}
	case a == b, contains(arrows[a], b):
	default:
		t.Errorf("%s imports %s: no arrow goes from %q to %q", from, to, a, b)
	}
}
