package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/pipeline"
	"whorl/pipeline/store"
)

func statusCommand(env *environment) *cobra.Command {
	var flags specFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "status [STAGE...]",
		Short: "Say which stages would run, and why",
		Long: `status says what "whorl run" would do with each stage: run it; take it from the
store (cached); or maybe run it, for a stage before it will run and may or may
not yield the same bytes as before. It runs nothing.`,
		Example: "  whorl status\n  whorl status --set train.epochs=20",
		RunE: func(cmd *cobra.Command, targets []string) error {
			p, err := flags.pipeline(targets...)
			if err != nil {
				return err
			}
			return printStatus(cmd.Context(), env, p, &flags, targets, false, asJSON)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return c
}

// printStatus says what a run of the targets would do; forced, it would
// execute whatever is cached.
func printStatus(ctx context.Context, env *environment, p *pipeline.Pipeline, flags *specFlags, targets []string, force, asJSON bool) error {
	st, err := store.Open(flags.dir)
	if err != nil {
		return err
	}
	stages, err := pipeline.NewEngine(st).Status(ctx, p, targets...)
	if err != nil {
		return specError(err)
	}
	if force {
		for i := range stages {
			stages[i].Outlook = pipeline.WillRun
		}
	}
	if asJSON {
		return writeJSON(env.stdout, stages)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STAGE\tSTATUS\tWHY")
	for _, s := range stages {
		fmt.Fprintf(w, "%s\t%s\t", s.Name, s.Outlook)
		for i, r := range s.Reasons {
			if i > 0 {
				fmt.Fprint(w, "\n\t\t")
			}
			fmt.Fprint(w, r)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
