package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

func kindsCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "kinds [KIND...]",
		Short: "Describe the kinds of stages and their parameters",
		Long: `kinds describes what a pipeline.yaml may name after "kind:": inputs, outputs and
parameters with their defaults and ranges; and the data sources it may name
after "data:".`,
		Example: "  whorl kinds train",
		RunE: func(_ *cobra.Command, args []string) error {
			reg, err := env.app.registry()
			if err != nil {
				return err
			}
			kinds := append(reg.DataSources(), reg.Kinds()...)
			byName := map[string]stage.Kind{}
			names := []string{}
			for _, k := range kinds {
				byName[k.Name] = k
				names = append(names, k.Name)
			}
			names = append(names, "command")
			if len(args) == 0 {
				args = names
			}
			w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
			for i, name := range args {
				k, ok := byName[name]
				if !ok && name != "command" {
					return Usagef("there is no kind %q; there are: %s", name, strings.Join(names, ", "))
				}
				if i > 0 {
					fmt.Fprintln(w)
				}
				if !ok {
					fmt.Fprint(w, commandHelp)
					continue
				}
				fmt.Fprintf(w, "%s: %s\n", k.Name, k.Doc)
				printPorts(w, "input", k.Inputs)
				printPorts(w, "output", k.Outputs)
				for _, p := range reg.Schema(name) {
					fmt.Fprintf(w, "  param\t%s\t%s\n", p.Name, describeParam(p))
				}
			}
			return w.Flush()
		},
	}
}

// commandHelp describes the kind whose ports and parameters pipeline.yaml
// itself declares.
const commandHelp = `command: what sh -c runs, for what is not Go; pipeline.yaml declares its ports and parameters
  cmd	the script, in which {inputs.NAME}, {outputs.NAME} and {params.NAME} stand for quoted paths and values
  inputs	names and what they read: {text: label.samples} or {dir: ./in}; each is placed as a copy
  outputs	names and the files that the script makes: {all: all.txt}; with "/" at its end a directory
  params	scalars or lists of scalars (optional)
  env	names of environment variables that it is given, [LANG]; all others but a fixed PATH are kept from it (optional)
  timeout	how long it may take: 90s, 1h30m (optional)
`

func printPorts(w *tabwriter.Writer, what string, ports []stage.Port) {
	for _, p := range ports {
		doc := p.Doc
		if p.Optional {
			doc += " (optional)"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", what, p.Name, doc)
	}
}

// describeParam says what a parameter is, its default and its bounds.
func describeParam(p spec.ParamInfo) string {
	text := p.Doc
	if text != "" {
		text += "; "
	}
	switch {
	case len(p.Enum) > 0:
		text += "one of " + strings.Join(p.Enum, ", ")
	default:
		text += p.Type
	}
	switch {
	case p.Min != nil && p.Max != nil:
		text += fmt.Sprintf(", %v to %v", *p.Min, *p.Max)
	case p.Min != nil:
		text += fmt.Sprintf(", at least %v", *p.Min)
	case p.Max != nil:
		text += fmt.Sprintf(", at most %v", *p.Max)
	}
	return text + fmt.Sprintf("; default %v", p.Default)
}
