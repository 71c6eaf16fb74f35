package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline"
	"whorl/pipeline/store"
)

func gcCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		keep      []string
		last      int
		dryRun    bool
		json      bool
	}
	c := &cobra.Command{
		Use:   "gc",
		Short: "Remove the artifacts that no kept run reaches",
		Long: `gc removes results, artifacts and checkpoints that no kept run reaches. Without
--keep or --keep-last every recorded run is kept, and only what none of them
reaches goes. The records of runs stay: what was removed can be made again.`,
		Example: `  whorl gc --dry-run
  whorl gc --keep-last 10 --keep 20261123-2215`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.last < 0 {
				return Usagef("--keep-last %d: want at least 0", flags.last)
			}
			o := pipeline.CollectOptions{KeepLast: flags.last, DryRun: flags.dryRun}
			for _, name := range flags.keep {
				r, err := findRun(cmd.Context(), flags.artifacts.dir, name)
				if err != nil {
					return err
				}
				o.Keep = append(o.Keep, r.ID)
			}
			st, err := store.Open(flags.artifacts.dir)
			if err != nil {
				return err
			}
			done, err := pipeline.NewEngine(st).Collect(cmd.Context(), o)
			if errors.Is(err, store.ErrBusy) {
				return fmt.Errorf("%w: wait until the runs on %s have ended", err, flags.artifacts.dir)
			}
			if err != nil {
				return err
			}
			if flags.json {
				return writeJSON(env.Stdout, done)
			}
			did := "removed"
			if flags.dryRun {
				did = "would remove"
			}
			_, err = fmt.Fprintf(env.Stdout, "%s %s: %d results, %d artifacts, %d checkpoints, %d damaged; kept %s in %d results\n",
				did, size(done.Bytes), done.Results, done.Artifacts, done.Checkpoints, done.Damaged,
				size(done.KeptBytes), done.KeptResults)
			return err
		},
	}
	flags.artifacts.add(c)
	c.Flags().StringArrayVar(&flags.keep, "keep", nil, "keep what this `RUN` reaches; may be repeated")
	c.Flags().IntVar(&flags.last, "keep-last", 0, "keep what the `N` newest runs reach")
	c.Flags().BoolVarP(&flags.dryRun, "dry-run", "n", false, "say what would go, and remove nothing")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const unit = 1024
	if bytes < unit {
		return fmt.Sprintf("%d bytes", bytes)
	}
	x, prefix := float64(bytes), ""
	for _, p := range []string{"Ki", "Mi", "Gi", "Ti"} {
		if x < unit {
			break
		}
		x, prefix = x/unit, p
	}
	return fmt.Sprintf("%.1f %sB", x, prefix)
}
