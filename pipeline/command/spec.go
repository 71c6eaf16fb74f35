package command

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"whorl/pipeline/stage"
)

// A Spec is a command stage as declared.
type Spec struct {
	Cmd     string   // what sh -c runs, with placeholders
	Inputs  []string // names
	Outputs []Output
	Params  map[string]string // as the shell is to see them, quoted
	JSON    string            // all parameters as a JSON object, for {params}
	Seed    bool              // the run's seed is given to the command
	Metrics Metrics
	Env     []string      // "NAME=value" of those that are set
	Path    []string      // absolute directories that come before the fixed PATH
	Timeout time.Duration // 0: none

	// Files gives the name of the file, or directory, that each input is placed
	// as, by the input's name. It is the input's name if it is missing.
	Files map[string]string

	// Sandbox hides every file but the inputs, /usr and Mounts, which are
	// absolute paths; and the network.
	Sandbox bool
	Mounts  []string
}

// An Output is a file, or directory, that the command makes.
type Output struct {
	Name  string
	File  string // relative to the working directory
	Dir   bool
	Title string // for people; does not count for the key
}

// Metrics are the files in which the command leaves what it measured, relative
// to the working directory. An empty name means none.
type Metrics struct {
	File   string             // one JSON object: see [ReadMetrics]
	Series string             // CSV with a column of steps: see [ReadSeries]
	About  []stage.MetricInfo // does not count for the key
}

// Kind returns the kind of stage that a command is. The task's parameters must
// be the Spec.
func (s Spec) Kind() stage.Kind {
	k := stage.Kind{
		Name: "command", Doc: "a shell command", Run: run, Random: s.Seed, Metrics: s.Metrics.About,
		Inputs: make([]stage.Port, 0, len(s.Inputs)), Outputs: make([]stage.Port, 0, len(s.Outputs)),
	}
	for _, name := range s.Inputs {
		k.Inputs = append(k.Inputs, stage.Port{Name: name})
	}
	for _, o := range s.Outputs {
		k.Outputs = append(k.Outputs, stage.Port{Name: o.Name, Doc: o.Title, Dir: o.Dir, Type: o.mediaType()})
	}
	return k
}

// mediaTypes are those of files by their suffix.
var mediaTypes = map[string]string{
	".npy": stage.TypeNPY, ".npz": stage.TypeNPZ, ".json": stage.TypeJSON, ".csv": stage.TypeCSV,
	".png": stage.TypePNG, ".jpg": stage.TypeJPEG, ".jpeg": stage.TypeJPEG, ".svg": stage.TypeSVG,
	".html": stage.TypeHTML, ".htm": stage.TypeHTML, ".md": stage.TypeMarkdown,
}

func (o Output) mediaType() string {
	if o.Dir {
		return stage.TypeTree
	}
	return mediaTypes[strings.ToLower(path.Ext(o.File))]
}

// Reserved reports whether an output may not be at file, since inputs are there.
func Reserved(file string) bool {
	return file == inputDir || strings.HasPrefix(file, inputDir+"/")
}

// input returns where an input is, relative to the working directory.
func (s Spec) input(name string) string {
	file := s.Files[name]
	if file == "" {
		file = name
	}
	return filepath.Join(inputDir, name, file)
}

func run(ctx context.Context, t *stage.Task) error {
	s, ok := t.Params.(Spec)
	if !ok {
		return fmt.Errorf("parameters are %T, want a command.Spec", t.Params)
	}
	return s.run(ctx, t)
}
