package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
)

func sweepsCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
	}
	c := &cobra.Command{
		Use:   "sweeps",
		Short: "List the recorded sweeps",
		Long: `sweeps lists the recorded sweeps, oldest first. An id or a name can follow --sweep;
a name means the newest sweep that has it.`,
		Example: "  {app} sweeps\n  {app} runs --sweep last",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return nil
		},
	}
	flags.artifacts.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print a JSON array")
	return c
}

var (
	_ = fmt.Sprint
	_ = tabwriter.NewWriter
	_ = time.Now
	_ track.Sweep
)
