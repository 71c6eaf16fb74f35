package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec"
)

func graphCommand(env *Env) *cobra.Command {
	var flags specFlags
	var format string
	var asJSON bool
	c := &cobra.Command{
		Use:   "graph",
		Short: "Draw the pipeline's stages and what flows between them",
		Long: `graph draws the pipeline's stages in the order in which data flows, each with the
outputs of others that it reads: as text, or for mermaid or Graphviz. --json prints
the stages with their kinds, inputs and parameters.`,
		Example: `  {app} graph
  {app} graph --format dot | dot -Tsvg > graph.svg`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch spec.GraphFormat(format) {
			case spec.GraphText, spec.GraphMermaid, spec.GraphDOT:
			default:
				return Usagef("--format %q: want text, mermaid or dot", format)
			}
			p, err := flags.pipeline()
			if err != nil {
				return err
			}
			if asJSON {
				nodes, err := p.Nodes()
				if err != nil {
					return err
				}
				return writeJSON(env.Stdout, describeNodes(nodes))
			}
			if err := p.WriteGraph(env.Stdout, spec.GraphFormat(format)); err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			return nil
		},
	}
	flags.add(env, c)
	c.Flags().StringVar(&format, "format", string(spec.GraphText), "`FORMAT`: text, mermaid or dot")
	c.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
		for _, f := range spec.GraphFormats {
			words = append(words, string(f))
		}
		return words, noFiles
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// graphJSON is what "graph --json" prints.
type graphJSON struct {
	Stages []nodeJSON `json:"stages"`
}

type nodeJSON struct {
	Name    string            `json:"name"`
	Kind    string            `json:"kind"`
	Inputs  map[string]string `json:"inputs"` // what each reads, as pipeline.yaml names it
	Outputs []string          `json:"outputs"`
	Params  map[string]any    `json:"params"`
}

func describeNodes(nodes []*spec.Node) graphJSON {
	j := graphJSON{Stages: []nodeJSON{}}
	for _, n := range nodes {
		nj := nodeJSON{Name: n.Name, Kind: n.Kind.Name, Inputs: map[string]string{}, Outputs: []string{}, Params: map[string]any{}}
		for _, in := range n.Inputs {
			nj.Inputs[in.Name] = in.Ref
		}
		for _, o := range n.Kind.Outputs {
			nj.Outputs = append(nj.Outputs, o.Name)
		}
		for _, p := range n.Params {
			nj.Params[p.Name] = p.Value
		}
		j.Stages = append(j.Stages, nj)
	}
	return j
}
