// Package examples holds the complete small projects that are beside it and
// that the verb init writes: one whose stages are Python scripts, and one that
// is a Go program.
package examples

import (
	"embed"
	"io/fs"
)

// GoPath is the import path of the Go project while it is part of this module.
const GoPath = "whorl/examples/go"

//go:embed python/.gitignore python/README.md python/*.py python/*.yaml python/data
var python embed.FS

//go:embed go/.gitignore go/README.md go/*.go go/*.yaml go/*.txt go/poem
var goProject embed.FS

// Python returns the files of the Python project.
func Python() fs.FS { return sub(python, "python") }

// Go returns the files of the Go project, whose imports begin with [GoPath].
func Go() fs.FS { return sub(goProject, "go") }

func sub(files embed.FS, dir string) fs.FS {
	found, err := fs.Sub(files, dir)
	if err != nil {
		panic("examples: a name of a directory is not valid")
	}
	return found
}
