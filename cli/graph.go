package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec"
)

func graphCommand(env *Env) *cobra.Command {
	var flags specFlags
	var format string
	c := &cobra.Command{
		Use:   "graph",
		Short: "Draw the pipeline's stages and what flows between them",
		Long: `graph draws the pipeline's stages in the order the data flows, each with the
outputs of others that it reads: as text, or for mermaid and Graphviz to draw.`,
		Example: `  whorl graph
  whorl graph --format dot | dot -Tsvg > graph.svg`,
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
			if err := p.WriteGraph(env.Stdout, spec.GraphFormat(format)); err != nil {
				return fmt.Errorf("graph: %w", err)
			}
			return nil
		},
	}
	flags.add(env, c)
	c.Flags().StringVar(&format, "format", string(spec.GraphText), "`FORMAT`: text, mermaid or dot")
	return c
}
