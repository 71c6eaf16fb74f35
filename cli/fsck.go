package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline/store"
	"whorl/workspace"
)

func fsckCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	var asJSON bool
	c := &cobra.Command{
		Use:   "fsck",
		Short: "Re-hash everything in the store",
		Long: `fsck reads everything in the store and compares it with its digest. What is
damaged is set aside, and is made again when it is next needed. It does the same
with runs.db, the database of runs, which it makes again at once. The exit code
is 1 if anything was damaged.`,
		Example: `  {app} fsck
  {app} fsck --json --artifacts /path/to/artifacts`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := env.existing(cmd.Context(), artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			found, err := w.Store().Fsck(cmd.Context(), store.FsckOptions{})
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
				for _, d := range append(found.Damaged, found.Lost...) {
					fmt.Fprintf(env.Stdout, "%s: %s\n", d.Path, d.Why)
				}
				fmt.Fprintf(env.Stdout, "read %s: %d results, %d files, %d directories; %d damaged, %d lost\n",
					size(found.Bytes), found.Manifests, found.Objects, found.Trees, len(found.Damaged), len(found.Lost))
			}
			if len(found.Damaged)+len(found.Lost) > 0 {
				fmt.Fprintln(env.Stderr, "whorl: what is damaged was set aside; the next run makes it, and what is lost, again")
				return errReported
			}
			return nil
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
