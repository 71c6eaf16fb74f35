// Command whorl runs reproducible experiments: pipelines of content-hashed
// stages, sweeps over their parameters, and reports that compare the runs.
// Fingerprint verification with a Siamese network is its built-in case.
package main

import (
	"github.com/spf13/cobra"

	"whorl"
	"whorl/cli"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/stages/augment"
	"whorl/stages/evaluate"
	"whorl/stages/ingest"
	"whorl/stages/label"
	"whorl/stages/split"
	"whorl/stages/synthetic"
	"whorl/stages/train"
)

func main() { cli.Main(app()) }

// app is the fingerprint experiment.
func app() cli.App {
	return cli.App{
		Name:        "whorl",
		Kinds:       []stage.Kind{ingest.Kind(), label.Kind(), split.Kind(), augment.Kind(), train.Kind(), evaluate.Kind()},
		DataSources: []stage.Kind{synthetic.Kind()},
		Sources:     []spec.Source{{Module: whorl.Module, FS: whorl.Source, Reaches: whorl.Reaches}},
		Kernels:     train.Kernels,
		Verbs:       func(env *cli.Env) []*cobra.Command { return []*cobra.Command{synthCommand(env)} },
	}
}
