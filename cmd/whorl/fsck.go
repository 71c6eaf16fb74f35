package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline"
	"whorl/pipeline/store"
)

func fsckCommand(env *environment) *cobra.Command {
	var artifacts artifactsFlag
	var asJSON bool
	c := &cobra.Command{
		Use:   "fsck",
		Short: "Re-hash everything in the store",
		Long: `fsck reads everything in the store and compares it with its digest. What is
damaged is set aside, and is made again when it is next needed. The exit code is
1 if anything was.`,
		Example: `  whorl fsck
  whorl fsck --json --artifacts /path/to/artifacts`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := store.Open(artifacts.dir)
			if err != nil {
				return err
			}
			if err := pipeline.NewEngine(st).Recover(); err != nil {
				return err
			}
			found, err := st.Fsck(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if err := writeJSON(env.stdout, found); err != nil {
					return err
				}
			} else {
				for _, d := range append(found.Damaged, found.Lost...) {
					fmt.Fprintf(env.stdout, "%s: %s\n", d.Path, d.Why)
				}
				fmt.Fprintf(env.stdout, "read %s: %d results, %d files, %d directories; %d damaged, %d lost\n",
					size(found.Bytes), found.Manifests, found.Objects, found.Trees, len(found.Damaged), len(found.Lost))
			}
			if len(found.Damaged)+len(found.Lost) > 0 {
				fmt.Fprintln(env.stderr, "whorl: what is damaged was set aside; the next run makes it, and what is lost, again")
				return errReported
			}
			return nil
		},
	}
	artifacts.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}
