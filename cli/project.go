package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"whorl/pipeline/spec/yamlwalk"
)

// specName is the file that makes a folder a project.
const specName = "pipeline.yaml"

// projectDir is the nearest folder that has a pipeline.yaml, of the working
// directory and those above it, as a path relative to the working directory.
// If there is none it is the working directory.
func projectDir() (dir string, found bool) {
	wd, err := os.Getwd()
	if err != nil {
		return ".", false
	}
	rel := "."
	for at := wd; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, specName)); err == nil && !info.IsDir() {
			return rel, true
		}
		if at == filepath.Dir(at) {
			return ".", false
		}
		rel = filepath.Join(rel, "..")
	}
}

// specFile is the pipeline that the call means: the named one, or that of the
// project.
func (f *specFlags) specFile() (string, error) {
	if f.cmd.Flags().Changed("file") {
		return f.file, nil
	}
	dir, found := projectDir()
	if !found {
		wd, err := os.Getwd()
		if err != nil {
			return "", err
		}
		app := f.env.app.Name
		return "", Usagef("no %s in %s or a folder above it: name a file with -f, or write a new project with \"%s init DIR\"", specName, wd, app)
	}
	return filepath.Join(dir, specName), nil
}

// checkData refuses a misspelt name of a data source. Any other name is a path.
func (f *specFlags) checkData() error {
	var names []string
	for _, k := range f.env.app.DataSources {
		names = append(names, k.Name)
	}
	if f.data == "" || slices.Contains(names, f.data) {
		return nil
	}
	_, err := os.Stat(f.data)
	near := yamlwalk.Nearest(f.data, names)
	if near == "" || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return Usagef("--data %s: neither a path nor a data source has this name%s", f.data, near)
}

// unreadable makes a file that cannot be read a usage error.
func unreadable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return Usagef("%w (name another with -f)", err)
	}
	return err
}
