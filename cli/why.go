package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline/explain"
	"whorl/pipeline/store"
)

func whyCommand(env *Env) *cobra.Command {
	var flags specFlags
	var against string
	var asJSON bool
	c := &cobra.Command{
		Use:   "why STAGE",
		Short: "Say why a stage would run, or why it last did",
		Long: `why names the exact thing that changed, with its old and new value, and the chain
of stages through which it reaches STAGE. It compares with the newest run that
tells something, or with the one given.`,
		Example: `  whorl why train
  whorl why evaluate --set train.lr=0.01 --against last`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := flags.pipeline(args[0])
			if err != nil {
				return err
			}
			if against != "" {
				r, err := findRun(cmd.Context(), flags.dir, against)
				if err != nil {
					return err
				}
				against = r.ID
			}
			st, err := store.Open(flags.dir)
			if err != nil {
				return err
			}
			why, err := explain.Why(cmd.Context(), st, p, args[0], against)
			if err != nil {
				return specError(err)
			}
			if asJSON {
				return writeJSON(env.Stdout, why)
			}
			_, err = fmt.Fprint(env.Stdout, why)
			return err
		},
	}
	flags.add(env, c)
	c.ValidArgsFunction = flags.completeStages
	c.Flags().StringVar(&against, "against", "", "compare with this `RUN`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
