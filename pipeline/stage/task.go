package stage

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A Task is one execution of a stage: everything its code may read or write.
type Task struct {
	Stage  string           // the stage's name in the pipeline
	Params any              // the resolved parameters, of the type of Kind.Params
	Seed   uint64           // the run's seed, 0 unless the kind is Random
	Inputs map[string]Input // by port name; optional ones may be absent
	OutDir string           // staging directory; outputs are made in it

	Observer    Observer    // never nil when the engine runs the stage
	Checkpoints Checkpoints // may be nil: then nothing is resumed
}

// An Input is a file or directory to be read, never written.
type Input struct {
	Path string // where the engine placed it; must not reach a result
	Dir  bool
}

// Open opens an input that is a file.
func (in Input) Open() (*os.File, error) { return os.Open(in.Path) }

// FS returns the files of an input that is a directory.
func (in Input) FS() fs.FS { return os.DirFS(in.Path) }

// Has reports whether an optional input is connected.
func (t *Task) Has(input string) bool {
	_, ok := t.Inputs[input]
	return ok
}

// Open opens the named input file.
func (t *Task) Open(input string) (*os.File, error) {
	in, ok := t.Inputs[input]
	if !ok {
		return nil, fmt.Errorf("input %q is not connected", input)
	}
	return in.Open()
}

// ReadAll reads the named input file whole.
func (t *Task) ReadAll(input string) ([]byte, error) {
	f, err := t.Open(input)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Create makes the file of the named output. The stage closes it; an output
// counts only if the stage returns without an error.
func (t *Task) Create(output string) (*os.File, error) {
	return os.OpenFile(filepath.Join(t.OutDir, output), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// WriteFile makes the named output with the given content.
func (t *Task) WriteFile(output string, content []byte) error {
	f, err := t.Create(output)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// CreateDir makes the directory of the named output and returns its path.
func (t *Task) CreateDir(output string) (string, error) {
	dir := filepath.Join(t.OutDir, output)
	return dir, os.Mkdir(dir, 0o777)
}
