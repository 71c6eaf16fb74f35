package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"whorl/examples"
)

var (
	modulePath = regexp.MustCompile(`(?m)^module .*$`)
	notInPath  = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
)

// makeModule turns the files of examples/go, a package of whorl's module, into
// a module of their own, named after its directory. The go.mod requires what
// whorl's does, so that nothing needs to be resolved before the first build,
// and replaces whorl by its source, which is not published yet.
func makeModule(files map[string][]byte, dir, source string) error {
	root, err := whorlSource(source)
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	name := strings.Trim(notInPath.ReplaceAllString(filepath.Base(abs), "-"), "-.")
	if name == "" || name == "whorl" {
		name = "experiment"
	}
	for path, text := range files {
		files[path] = bytes.ReplaceAll(text, []byte(examples.GoPath), []byte(name))
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	mod = modulePath.ReplaceAllLiteral(mod, []byte("module "+name))
	files["go.mod"] = fmt.Appendf(mod, "\nrequire whorl v0.0.0\n\nreplace whorl => %s\n", moduleWord(root))
	files["go.sum"], err = os.ReadFile(filepath.Join(root, "go.sum"))
	return err
}

// moduleWord quotes a path for go.mod if it must be.
func moduleWord(path string) string {
	if strings.ContainsAny(path, " \t()[]{},\"'`") {
		return fmt.Sprintf("%q", path)
	}
	return path
}

// whorlSource finds the source of whorl's module: the named directory, or that
// from which this program was built.
func whorlSource(named string) (string, error) {
	dir := named
	if dir == "" {
		if _, file, _, ok := runtime.Caller(0); ok {
			dir = filepath.Dir(filepath.Dir(file))
		}
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err == nil && filepath.IsAbs(dir) || named != "" && err == nil {
		if string(modulePath.Find(mod)) == "module whorl" {
			return filepath.Abs(dir)
		}
	}
	if named != "" {
		return "", Usagef("--source %s: it has no go.mod of module whorl", named)
	}
	return "", Usagef("the source of whorl is not where this program was built from it: name its directory with --source")
}
