package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"whorl/workspace"
)

// labelCommands are the verbs below "runs" that name, describe, remove and
// restore a run. None of them changes what the run computed.
func labelCommands(env *Env) []*cobra.Command {
	return []*cobra.Command{
		nameCommand(env), tagCommand(env), noteCommand(env), removeCommand(env), restoreCommand(env),
	}
}

// onRun makes RunE of a verb that does something to the run that its first
// argument means.
func onRun(env *Env, artifacts *artifactsFlag, do func(context.Context, *workspace.Workspace, string, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		w, err := env.existing(cmd.Context(), artifacts.dir)
		if err != nil {
			return err
		}
		defer w.Close()
		id, err := w.Resolve(cmd.Context(), args[0])
		if err == nil {
			err = do(cmd.Context(), w, id, args[1:])
		}
		return refError(err)
	}
}

func nameCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	c := &cobra.Command{
		Use:   "name RUN [NAME]",
		Short: "Give a run a name, or remove it",
		Long: `name gives a run a name, by which every command then finds it. No two runs have
the same name. Without NAME it removes the name.`,
		Example: "  {app} runs name last baseline",
		Args:    cobra.RangeArgs(1, 2),
	}
	c.RunE = onRun(env, &artifacts, func(ctx context.Context, w *workspace.Workspace, id string, args []string) error {
		return w.Name(ctx, id, strings.Join(args, ""))
	})
	artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&artifacts, 1, false)
	return c
}

func tagCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	var remove []string
	c := &cobra.Command{
		Use:     "tag RUN [TAG...]",
		Short:   "Add tags to a run, or remove them",
		Long:    `tag adds tags to a run, and removes those that follow --remove.`,
		Example: "  {app} runs tag last paper\n  {app} runs tag last --remove paper",
		Args:    cobra.MinimumNArgs(1),
	}
	c.RunE = onRun(env, &artifacts, func(ctx context.Context, w *workspace.Workspace, id string, args []string) error {
		if len(args)+len(remove) == 0 {
			return Usagef("name the tags to add, or those to remove with --remove")
		}
		return w.Tag(ctx, id, args, remove)
	})
	artifacts.add(c)
	c.Flags().StringSliceVar(&remove, "remove", nil, "remove this `TAG`; may be repeated")
	c.ValidArgsFunction = completeRuns(&artifacts, 1, false)
	return c
}

func noteCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	c := &cobra.Command{
		Use:     "note RUN [TEXT...]",
		Short:   "Write a note on a run, or remove it",
		Long:    `note replaces the note of a run. Without TEXT it removes the note.`,
		Example: "  {app} runs note last the learning rate is too high",
		Args:    cobra.MinimumNArgs(1),
	}
	c.RunE = onRun(env, &artifacts, func(ctx context.Context, w *workspace.Workspace, id string, args []string) error {
		return w.Note(ctx, id, strings.Join(args, " "))
	})
	artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&artifacts, 1, false)
	return c
}

func removeCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	c := &cobra.Command{
		Use:   "rm RUN...",
		Short: "Remove runs from the records",
		Long: `rm removes the records of runs. "{app} runs restore" brings them back until the next
"{app} gc", which deletes them and what only they reach.`,
		Example: "  {app} runs rm last",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := env.existing(cmd.Context(), artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			ids := make([]string, len(args)) // all of them, before "last" means another
			for i, ref := range args {
				if ids[i], err = w.Resolve(cmd.Context(), ref); err != nil {
					return refError(err)
				}
			}
			for _, id := range ids {
				if err := w.Remove(cmd.Context(), id); err != nil {
					return refError(err)
				}
				fmt.Fprintf(env.Stderr, "removed run %s; \"%s runs restore %s\" brings it back\n", id, env.app.Name, id)
			}
			return nil
		},
	}
	artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&artifacts, 1, false)
	return c
}

func restoreCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	c := &cobra.Command{
		Use:     "restore RUN",
		Short:   "Bring back a removed run",
		Long:    `restore brings back the record of a run that "{app} runs rm" removed.`,
		Example: "  {app} runs restore 20261123-2215",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := env.existing(cmd.Context(), artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			id, err := w.Restore(cmd.Context(), args[0])
			if err != nil {
				return refError(err)
			}
			_, err = fmt.Fprintln(env.Stdout, id)
			return err
		},
	}
	artifacts.add(c)
	return c
}
