package command

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
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
	Env     []string          // "NAME=value" of those that are set
	Timeout time.Duration     // 0: none

	// Sandbox hides every file but the inputs, /usr and Mounts, which are
	// absolute paths; and the network.
	Sandbox bool
	Mounts  []string
}

// An Output is a file, or directory, that the command makes.
type Output struct {
	Name string
	File string // relative to the working directory
	Dir  bool
}

// Kind returns the kind of stage that a command is. The task's parameters must
// be the Spec.
func (s Spec) Kind() stage.Kind {
	k := stage.Kind{
		Name: "command", Doc: "a shell command", Run: run,
		Inputs: make([]stage.Port, 0, len(s.Inputs)), Outputs: make([]stage.Port, 0, len(s.Outputs)),
	}
	for _, name := range s.Inputs {
		k.Inputs = append(k.Inputs, stage.Port{Name: name})
	}
	for _, o := range s.Outputs {
		k.Outputs = append(k.Outputs, stage.Port{Name: o.Name, Dir: o.Dir, Type: o.mediaType()})
	}
	return k
}

func (o Output) mediaType() string {
	if o.Dir {
		return stage.TypeTree
	}
	switch path.Ext(o.File) {
	case ".npy":
		return stage.TypeNPY
	case ".npz":
		return stage.TypeNPZ
	case ".json":
		return stage.TypeJSON
	case ".csv":
		return stage.TypeCSV
	case ".png":
		return stage.TypePNG
	}
	return ""
}

// Reserved reports whether an output may not be at file, since inputs are there.
func Reserved(file string) bool {
	return file == inputDir || strings.HasPrefix(file, inputDir+"/")
}

var placeholder = regexp.MustCompile(`\{(inputs|outputs|params)\.([A-Za-z0-9_-]+)\}`)

// Check lists the placeholders that name nothing.
func (s Spec) Check() (problems []string) {
	known := map[string][]string{"inputs": s.Inputs}
	for _, o := range s.Outputs {
		known["outputs"] = append(known["outputs"], o.Name)
	}
	for name := range s.Params {
		known["params"] = append(known["params"], name)
	}
	slices.Sort(known["params"])
	for _, m := range placeholder.FindAllStringSubmatch(s.Cmd, -1) {
		if names := known[m[1]]; !slices.Contains(names, m[2]) {
			hint := fmt.Sprintf("there are no %s", m[1])
			if len(names) > 0 {
				hint = fmt.Sprintf("there is %s", strings.Join(names, ", "))
			}
			problems = append(problems, fmt.Sprintf("%s names nothing (%s)", m[0], hint))
		}
	}
	return problems
}

// expand replaces the placeholders; any other brace stays as it is.
func (s Spec) expand(inputs, outputs map[string]string) string {
	return placeholder.ReplaceAllStringFunc(s.Cmd, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		switch m[1] {
		case "inputs":
			return Quote(inputs[m[2]])
		case "outputs":
			return Quote(outputs[m[2]])
		}
		return s.Params[m[2]]
	})
}

// Quote makes one word of s for the shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func run(ctx context.Context, t *stage.Task) error {
	s, ok := t.Params.(Spec)
	if !ok {
		return fmt.Errorf("parameters are %T, want a command.Spec", t.Params)
	}
	return s.run(ctx, t)
}
