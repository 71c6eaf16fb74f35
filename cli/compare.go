package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func compareCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		metric    string
		json      bool
	}
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Say whether one configuration is better than another",
		Long: `compare compares A with B by a metric, with intervals and a verdict: better,
worse, no difference shown, or undecided. A and B are each

  SWEEP                    a sweep, by name or id
  SWEEP:train.merge=abs    the trials of a sweep that a query chooses
  RUN                      a run, as for "show"

Runs that differ in their seed only are replicates. Where both sides have several
configurations, those are paired that are equal otherwise. The other trials of
the sweep take part in the estimate of the noise. One seed of each gives no
verdict: the text then says how many are needed. The exit code does not depend on
the verdict.

docs/statistics.md says what a verdict rests on, docs/analysis.md how to write
queries.`,
		Example: `  {app} compare ablation:train.merge=abs ablation:train.merge=subtract
  {app} compare last last~1 --metric evaluate.roc_auc
  {app} compare ablation:policy=all ablation:policy=none --json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := env.answers(cmd.Context(), flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			result, err := w.Compare(cmd.Context(), args[0], args[1], flags.metric)
			if err != nil {
				return refError(err)
			}
			if flags.json {
				return writeJSON(env.Stdout, result)
			}
			_, err = fmt.Fprintln(env.Stdout, result)
			return err
		},
	}
	flags.artifacts.add(c)
	c.Flags().StringVar(&flags.metric, "metric", "", "compare by this `METRIC`, as stage.name; by default the primary one")
	c.RegisterFlagCompletionFunc("metric", completeMetrics(&flags.artifacts))
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	c.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) (words []string, _ cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, noFiles
		}
		words, _ = completeSweeps(&flags.artifacts)(cmd, args, typed)
		runs, _ := completeRuns(&flags.artifacts, 2, false)(cmd, args, typed)
		return append(words, runs...), noFiles
	}
	return c
}
