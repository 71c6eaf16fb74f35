package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"whorl/pipeline"
	"whorl/pipeline/store"
	"whorl/workspace"
)

func gcCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		keep      []string
		last      int
		dryRun    bool
		undo      bool
		forget    bool
		grace     time.Duration
		maxSize   byteSize
		json      bool
	}
	c := &cobra.Command{
		Use:   "gc",
		Short: "Remove the artifacts that no kept run reaches",
		Long: `gc removes results, artifacts and checkpoints that no kept run reaches. Without
--keep or --keep-last every recorded run is kept, and only what none of them
reaches goes. The records of runs stay: what was removed can be made again.

What goes is kept aside for the time of --grace, and "{app} gc --undo" brings it
back; disk space is free only after that, at the next gc. With --max-size, results
of kept runs go too until the store is no larger: first those that take the least
time to compute again for their size, and none that a report shows.`,
		Example: `  {app} gc --dry-run
  {app} gc --keep-last 10 --keep 20261123-2215
  {app} gc --undo
  {app} gc --max-size 20GiB`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.last < 0 {
				return Usagef("--keep-last %d: want at least 0", flags.last)
			}
			if flags.grace < 0 {
				return Usagef("--grace %v: want a time that is not negative", flags.grace)
			}
			if flags.undo && cmd.Flags().NFlag() > countChanged(cmd, "undo", "artifacts", "json") {
				return Usagef("--undo brings back what earlier calls removed: give it alone")
			}
			w, err := env.existing(cmd.Context(), flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			if flags.undo {
				return undo(cmd.Context(), env, w, flags.json)
			}
			o := pipeline.CollectOptions{
				KeepLast: flags.last, DryRun: flags.dryRun, Grace: flags.grace,
				MaxBytes: int64(flags.maxSize), ForgetMissing: flags.forget,
			}
			if o.Grace == 0 {
				o.Grace = -1 // 0 stands for the default
			}
			for _, ref := range flags.keep {
				id, err := w.Resolve(cmd.Context(), ref)
				if err != nil {
					return refError(err)
				}
				o.Keep = append(o.Keep, id)
			}
			done, err := w.Collect(cmd.Context(), o)
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
			if err == nil && done.Evicted > 0 {
				_, err = fmt.Fprintf(env.Stdout, "%d of the results were evicted for --max-size\n", done.Evicted)
			}
			if err == nil && !done.Until.IsZero() && done.Results+done.Artifacts+done.Checkpoints > 0 {
				_, err = fmt.Fprintf(env.Stdout, "\"%s gc --undo\" brings it back until %s\n", env.app.Name, done.Until.Format(time.TimeOnly))
			}
			return err
		},
	}
	flags.artifacts.add(c)
	c.Flags().StringArrayVar(&flags.keep, "keep", nil, "keep what this `RUN` reaches; may be repeated")
	c.Flags().IntVar(&flags.last, "keep-last", 0, "keep what the `N` runs reach that were started last")
	c.Flags().BoolVarP(&flags.dryRun, "dry-run", "n", false, "say what would go, and remove nothing")
	c.Flags().BoolVar(&flags.undo, "undo", false, "bring back what was removed, as long as its grace lasts")
	c.Flags().DurationVar(&flags.grace, "grace", store.DefaultGrace, "keep what goes aside for this `TIME`; 0 frees the disk space at once")
	c.Flags().Var(&flags.maxSize, "max-size", "evict results above this `SIZE` of the store, such as 20GiB")
	c.Flags().BoolVar(&flags.forget, "forget-missing", false, "collect although records of runs are missing, and remove what only these runs reach")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// undo brings back what collections removed.
func undo(ctx context.Context, env *Env, w *workspace.Workspace, asJSON bool) error {
	results, artifacts, err := w.Store().Undo(ctx)
	switch {
	case errors.Is(err, store.ErrBusy):
		return fmt.Errorf("%w: wait until the runs on %s have ended", err, w.Dir())
	case err != nil:
		return err
	case asJSON:
		return writeJSON(env.Stdout, undone{results, artifacts})
	}
	_, err = fmt.Fprintf(env.Stdout, "brought back %d results, %d artifacts\n", results, artifacts)
	return err
}

// undone is what "gc --undo --json" prints.
type undone struct {
	Results   int `json:"results"`
	Artifacts int `json:"artifacts"`
}

// countChanged counts those of the flags that the call gives.
func countChanged(cmd *cobra.Command, names ...string) (n int) {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			n++
		}
	}
	return n
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
