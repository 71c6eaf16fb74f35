package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec/yamlwalk"
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

// Command returns the command of a program with all its verbs.
func Command(app App, stdout, stderr io.Writer) *cobra.Command {
	cobra.EnableCommandSorting = false // help lists verbs in the order of use
	env := &Env{Stdout: stdout, Stderr: stderr, app: app}
	root := &cobra.Command{
		Use:           app.Name,
		Short:         "Run reproducible experiments and compare them",
		Long:          rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		Version: app.version(),
	}
	root.SetVersionTemplate(app.Name + " {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
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
	add("do", runCommand(env), sweepCommand(env), reproduceCommand(env), reportCommand(env))
	if app.Verbs != nil {
		add("do", app.Verbs(env)...)
	}
	add("ask", statusCommand(env), whyCommand(env), diffCommand(env), graphCommand(env), kindsCommand(env),
		runsCommand(env), showCommand(env), artifactCommand(env), versionCommand(env))
	add("keep", gcCommand(env), fsckCommand(env))
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.Args = unknownVerb
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID("ask")
	root.SetCompletionCommandGroupID("ask")
	return root
}

// usageArgs makes the errors of an argument check count as wrong calls, and
// say what the call is.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil || check(cmd, args) == nil {
			return nil
		}
		noun := "arguments"
		if len(args) == 1 {
			noun = "argument"
		}
		call := strings.TrimSuffix(cmd.UseLine(), " [flags]")
		return Usagef("got %d %s; the call is: %s (see: %s --help)", len(args), noun, call, cmd.CommandPath())
	}
}

// unknownVerb refuses arguments of the bare command with the nearest verb.
func unknownVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, c.Name())
		}
	}
	return Usagef("unknown command %q%s (see: %s --help)", args[0], yamlwalk.Suggest(args[0], verbs), root.CommandPath())
}

// helpCommand is "whorl help VERB", which unlike cobra's own refuses what is
// no verb.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownVerb(cmd.Root(), args)
			}
			return c.Help()
		},
	}
}
