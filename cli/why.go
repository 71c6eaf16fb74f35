package cli

import (
	"fmt"

	"github.com/spf13/cobra"
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
		Example: `  {app} why train
  {app} why evaluate --set train.lr=0.01 --against last`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := flags.pipeline(args[0])
			if err != nil {
				return err
			}
			w, err := flags.toRead(cmd.Context())
			if err != nil {
				return err
			}
			defer w.Close()
			why, err := w.Why(cmd.Context(), p, args[0], against)
			if err != nil {
				return refError(specError(err))
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
