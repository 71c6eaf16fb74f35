package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/store"
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
		Example: `  whorl fsck
  whorl fsck --json --artifacts /path/to/artifacts`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := store.Open(artifacts.dir)
			if err != nil {
				return err
			}
			found, err := st.Fsck(cmd.Context(), store.FsckOptions{})
			if err != nil {
				return err
			}
			damage, added, err := checkRecords(cmd.Context(), env, artifacts.dir, st)
			if err != nil {
				return err
			}
			if damage != nil {
				found.Damaged = append(found.Damaged, *damage)
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

// checkRecords checks the database of runs. A damaged one is set aside and
// made again; a sound one is given the runs that the store knows and it does
// not. It returns the damage, if any, and how many runs were added.
func checkRecords(ctx context.Context, env *Env, artifacts string, st *store.Store) (damage *store.Damage, added int, err error) {
	db, err := track.Open(ctx, databasePath(artifacts))
	if err == nil {
		if err = db.Check(ctx); err != nil {
			db.Close()
		}
	}
	if errors.Is(err, track.ErrDamaged) {
		damage = &store.Damage{Path: filepath.Base(databasePath(artifacts)), Why: err.Error()}
		if err = setAside(artifacts); err == nil {
			db, err = track.Open(ctx, databasePath(artifacts))
		}
	}
	if err != nil {
		return nil, 0, err
	}
	b := &books{st, db, pipeline.NewEngine(st)}
	defer b.Close()
	added, err = b.index(ctx, env.Stderr)
	return damage, added, err
}

// setAside moves the database to where fsck puts what is damaged, with what
// SQLite keeps beside it.
func setAside(artifacts string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		path := databasePath(artifacts) + suffix
		err := os.Rename(path, filepath.Join(artifacts, "damaged", filepath.Base(path)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
