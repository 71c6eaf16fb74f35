package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
)

func statusCommand(env *Env) *cobra.Command {
	var flags specFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "status [STAGE...]",
		Short: "Say which stages would run, and why",
		Long: `status says what "{app} run" would do with each stage: run it; take it from the
store (cached); or maybe run it, for a stage before it will run and may or may
not yield the same bytes as before. It runs nothing.`,
		Example: "  {app} status\n  {app} status --set train.epochs=20",
		RunE: func(cmd *cobra.Command, targets []string) error {
			p, err := flags.pipeline(targets...)
			if err != nil {
				return err
			}
			stages, err := flags.outlook(cmd.Context(), p, targets, false)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(env.Stdout, stages)
			}
			return printStatus(env.Stdout, stages)
		},
	}
	flags.add(env, c)
	c.ValidArgsFunction = flags.completeStages
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return c
}

// outlook says what a run of the targets would do; forced, it would execute
// whatever is cached.
func (f *specFlags) outlook(ctx context.Context, p *spec.Pipeline, targets []string, force bool) ([]explain.StageStatus, error) {
	w, err := f.toRead(ctx)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	stages, err := w.Status(ctx, p, targets...)
	if err != nil {
		return nil, specError(err)
	}
	if force {
		for i := range stages {
			if s := &stages[i]; s.Forecast != explain.WillRun {
				s.Forecast, s.Reasons = explain.WillRun, []explain.Reason{{Stage: s.Name, What: "forced"}}
			}
		}
	}
	return stages, nil
}

func printStatus(w io.Writer, stages []explain.StageStatus) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "STAGE\tSTATUS\tWHY")
	for _, s := range stages {
		fmt.Fprintf(t, "%s\t%s\t", s.Name, s.Forecast)
		for i, r := range explain.Brief(s.Reasons) {
			if i > 0 {
				fmt.Fprint(t, "\n\t\t")
			}
			fmt.Fprint(t, r)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
