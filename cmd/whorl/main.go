// Command whorl runs reproducible experiments: pipelines of content-hashed
// stages, sweeps over their parameters, and reports that compare the runs.
// Fingerprint verification with a Siamese network is its built-in case.
package main

import (
	"github.com/spf13/cobra"

	"whorl"
	"whorl/cli"
	"whorl/cmd/whorl/internal/use"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/stages/augment"
	"whorl/stages/evaluate"
	"whorl/stages/ingest"
	"whorl/stages/label"
	"whorl/stages/model"
	"whorl/stages/split"
	"whorl/stages/synthetic"
	"whorl/stages/train"
)

func main() { cli.Main(app()) }

const help = `whorl runs reproducible experiments. Fingerprint verification with a Siamese
network is built in; stages of your own are Go or any command.

  whorl run --set train.epochs=2       run pipeline.yaml on synthetic prints
  whorl run --data /path/to/SOCOFing   ... on real ones
  whorl status                         what would run again, and why
  whorl verify A B                     are two images of one finger?
  whorl sweep experiments/ablation.yaml
  whorl report -o report.html          compare the runs in a browser
  whorl init my-experiment             write a small project in Python`

// app is the fingerprint experiment.
func app() cli.App {
	return cli.App{
		Name:        "whorl",
		Version:     whorl.Version,
		Help:        help,
		Kinds:       []stage.Kind{ingest.Kind(), label.Kind(), split.Kind(), augment.Kind(), train.Kind(), evaluate.Kind(), model.Kind()},
		DataSources: []stage.Kind{synthetic.Kind()},
		Sources:     []spec.Source{{Module: whorl.Module, FS: whorl.Source, Reaches: whorl.Reaches}},
		Kernels:     train.Kernels,
		Templates: []cli.Template{{
			Name: "fingerprint", Doc: "fingerprint verification with a Siamese network, and its sweeps",
			Start: "whorl run --set train.epochs=2", Files: whorl.Project,
		}},
		Verbs: func(env *cli.Env) []*cobra.Command {
			return []*cobra.Command{synthCommand(env), use.Verify(env), use.Enroll(env), use.Identify(env), use.Export(env)}
		},
	}
}
