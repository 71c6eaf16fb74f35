package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/workspace"
)

func fsckCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	var asJSON bool
	c := &cobra.Command{
		Use:   "fsck",
		Short: "Re-hash everything in the store",
		Long: `fsck reads everything in the store and compares it with its digest or checksum.
It sets aside what is damaged, what may have been computed from damaged bytes
(tainted), and results that name something missing (lost); all of it is made
again when it is next needed. It also checks runs.db, the index of runs, and
makes a damaged one again at once. The exit code is 1 if anything was wrong or
could not be read.`,
		Example: `  {app} fsck
  {app} fsck --json --artifacts /path/to/artifacts`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := env.existing(cmd.Context(), artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			display := progress.New(env.Stderr)
			display.Started("fsck")
			found, err := w.Store().Fsck(cmd.Context(), store.FsckOptions{Progress: func(done, total int64) {
				display.Progress("fsck", stage.Progress{Done: done >> 20, Total: total >> 20, Unit: "MiB"})
			}})
			display.Close()
			if err != nil {
				return err
			}
			damage, added, err := w.CheckIndex(cmd.Context())
			if err != nil {
				return err
			}
			if damage != nil {
				found.Damaged = append(found.Damaged, store.Damage{Path: workspace.IndexFile, Why: damage.Error()})
			}
			if asJSON {
				if err := writeJSON(env.Stdout, fsckJSON{found, added}); err != nil {
					return err
				}
			} else {
				if added > 0 {
					fmt.Fprintf(env.Stdout, "runs.db: recorded %d runs that it did not know\n", added)
				}
				for _, list := range [][]store.Damage{found.Damaged, found.Tainted, found.Lost, found.Unread} {
					for _, d := range list {
						fmt.Fprintf(env.Stdout, "%s: %s\n", d.Path, d.Why)
					}
				}
				fmt.Fprintf(env.Stdout, "read %s: %d results, %d files, %d directories, %d records; %d damaged, %d lost, %d tainted, %d unread\n",
					size(found.Bytes), found.Manifests, found.Objects, found.Trees, found.Records,
					len(found.Damaged), len(found.Lost), len(found.Tainted), len(found.Unread))
			}
			if found.Sound() {
				return nil
			}
			if len(found.Damaged)+len(found.Lost)+len(found.Tainted) > 0 {
				fmt.Fprintf(env.Stderr, "%s: damaged and tainted results were set aside; the next run computes them, and lost ones, again\n", env.app.Name)
			}
			if len(found.Unread) > 0 {
				fmt.Fprintf(env.Stderr, "%s: some files could not be read: run it again as their owner or as root\n", env.app.Name)
			}
			return errReported
		},
	}
	artifacts.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// fsckJSON is what "fsck --json" prints.
type fsckJSON struct {
	*store.Checked
	Added int `json:"runs_added"` // to runs.db
}
