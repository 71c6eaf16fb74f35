// Command poems counts words, with the whole command line of whorl.
package main

import (
	"embed"

	"whorl/cli"
	"whorl/examples/go/poem"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

//go:embed poem/*.go
var source embed.FS

func main() {
	cli.Main(cli.App{
		Name:    "poems",
		Kinds:   []stage.Kind{poem.Kind()},
		Sources: []spec.Source{{Module: "whorl/examples/go", FS: source}},
	})
}
