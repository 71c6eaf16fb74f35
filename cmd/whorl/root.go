package main

import (
	"io"

	"github.com/spf13/cobra"
)

// environment is what a command may touch of the outside.
type environment struct {
	stdout, stderr io.Writer
}

const rootHelp = `whorl runs reproducible experiments.

A pipeline.yaml declares stages in the order the data flows. Each stage's result
is kept under a key made of its code, its parameters, the content of its inputs
and, for random kinds, the seed: what has been computed once is never computed
again, and the same run gives the same bits anywhere.

Try it:

  whorl run --set train.epochs=2       run pipeline.yaml on synthetic prints
  whorl run --data /path/to/SOCOFing   ... on real ones
  whorl status                         what would run again, and why
  whorl sweep experiments/ablation.yaml
  whorl report -o report.html          compare the runs in a browser

Exit codes: 0 all is well; 1 a stage or trial failed; 2 the call or the spec is
wrong; 130 interrupted.`

func rootCommand(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:           "whorl",
		Short:         "Run reproducible experiments and compare them",
		Long:          rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		SuggestionsMinimumDistance: 2,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w (see: %s --help)", err, cmd.CommandPath())
	})
	root.AddGroup(
		&cobra.Group{ID: "do", Title: "Run:"},
		&cobra.Group{ID: "ask", Title: "Ask:"},
		&cobra.Group{ID: "keep", Title: "Keep:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			c.Args = usageArgs(c.Args)
			root.AddCommand(c)
		}
	}
	add("do", runCommand(env), sweepCommand(env), reproduceCommand(env), reportCommand(env), synthCommand(env))
	add("ask", statusCommand(env), whyCommand(env), diffCommand(env), graphCommand(env), kindsCommand(env),
		runsCommand(env), showCommand(env), artifactCommand(env), versionCommand(env))
	add("keep", gcCommand(env), fsckCommand(env))
	root.Args = usageArgs(unknownVerb)
	return root
}

// usageArgs makes the errors of an argument check count as wrong calls.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usagef("%w (see: %s --help)", err, cmd.CommandPath())
		}
		return nil
	}
}

// unknownVerb refuses arguments of the bare command with the nearest verb.
func unknownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("unknown command %q (did you mean %q?)", args[0], near[0])
	}
	return usagef("unknown command %q", args[0])
}
