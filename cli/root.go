package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"whorl/cli/printable"
	"whorl/pipeline/spec/yamlwalk"
)

const rootHelp = `A pipeline.yaml declares stages in the order the data flows. The result of each
stage is kept under a key made of its code, its parameters, the content of its
inputs and, for random kinds, the seed. What has been computed once is not
computed again, and the same run gives the same bits on any machine.

The commands work in a project, a folder with a pipeline.yaml, and in the
folders below it. Results are kept in its folder "artifacts".

Exit codes: 0 success; 1 a stage or trial failed, or something else went wrong;
2 usage error or wrong spec; 130 interrupted.`

const defaultHelp = `{app} runs reproducible experiments.

  {app} init DIR                 write a small project that runs at once
  {app} run                      run the pipeline, or what has changed since
  {app} status                   what would run, and why
  {app} sweep FILE               run it once for each point of a grid
  {app} report -o report.html    compare the runs in a browser`

// The groups of verbs.
const (
	groupRun      = "run"
	groupInspect  = "inspect"
	groupMaintain = "maintain"
)

// Command returns the command of a program with all its verbs.
func Command(app App, stdout, stderr io.Writer) *cobra.Command {
	root, _ := newRoot(app, stdout, stderr)
	return root
}

func newRoot(app App, stdout, stderr io.Writer) (*cobra.Command, *Env) {
	cobra.EnableCommandSorting = false // help lists verbs in the order of use
	env := &Env{Stdout: printable.Writer{W: stdout}, Stderr: printable.Writer{W: stderr}, Bytes: stdout, app: app}
	help := app.Help
	if help == "" {
		help = defaultHelp
	}
	root := &cobra.Command{
		Use:           app.Name,
		Short:         "Run reproducible experiments and compare them",
		Long:          help + "\n\n" + rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownVerb,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		Version: app.version(),
	}
	root.SetVersionTemplate(app.Name + " {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddGroup(
		&cobra.Group{ID: groupRun, Title: "Run:"},
		&cobra.Group{ID: groupInspect, Title: "Inspect:"},
		&cobra.Group{ID: groupMaintain, Title: "Maintain:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			c.Args = usageArgs(c.Args)
			root.AddCommand(c)
		}
	}
	add(groupRun, initCommand(env), runCommand(env), sweepCommand(env), reproduceCommand(env), reportCommand(env))
	if app.Verbs != nil {
		add(groupRun, app.Verbs(env)...)
	}
	add(groupInspect, statusCommand(env), whyCommand(env), diffCommand(env), graphCommand(env), kindsCommand(env),
		runsCommand(env), sweepsCommand(env), showCommand(env), compareCommand(env), claimsCommand(env), artifactCommand(env), versionCommand(env))
	add(groupMaintain, gcCommand(env), fsckCommand(env))
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID(groupInspect)
	root.SetCompletionCommandGroupID(groupInspect)
	usual := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		// Cobra calls this before it checks the arguments.
		if c == root {
			env.helpErr = unknownVerb(root, root.Flags().Args())
		}
		if env.helpErr == nil {
			usual(c, args)
		}
	})
	nameProgram(root, app.Name)
	return root, env
}

// nameProgram puts the program's name into all help texts, for {app}.
func nameProgram(c *cobra.Command, name string) {
	for _, text := range []*string{&c.Short, &c.Long, &c.Example} {
		*text = strings.ReplaceAll(*text, "{app}", name)
	}
	for _, sub := range c.Commands() {
		nameProgram(sub, name)
	}
}

// usageArgs makes the errors of an argument check count as usage errors, and
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

// helpCommand is "help VERB". Cobra's own accepts any word.
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
