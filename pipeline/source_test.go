package pipeline

import (
	"io/fs"
	"os/exec"
	"strings"
	"testing"
)

// TestOwnSource checks that every file of the engine that a stage reaches is
// embedded, and that it is known what else they reach.
func TestOwnSource(t *testing.T) {
	const format = `{{if not .Standard}}{{.ImportPath}} {{.Module.Path}}{{range .GoFiles}} {{.}}{{end}}{{range .SFiles}} {{.}}{{end}}{{range .CgoFiles}} {{.}}{{end}}{{range .EmbedFiles}} {{.}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", format, "./stage/...", "./command", "./gather").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for l := range strings.Lines(string(out)) {
		f := strings.Fields(l)
		if len(f) == 0 {
			continue
		}
		path, module, names := f[0], f[1], f[2:]
		dir, ours := strings.CutPrefix(path, own.Module+"/")
		if !ours {
			if reached := own.Reaches[path]; len(reached) != 1 || reached[0] != module {
				t.Errorf("%s, of module %s, is missing in own.Reaches", path, module)
			}
			continue
		}
		packages++
		for _, name := range names {
			if _, err := fs.Stat(own.FS, dir+"/"+name); err != nil {
				t.Errorf("%v: add its folder to the //go:embed line of source.go", err)
			}
		}
	}
	if packages < 5 {
		t.Errorf("only %d packages of the engine are reached: the test looks in the wrong place", packages)
	}
}
