package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// commandName is the kind whose ports and parameters a pipeline.yaml declares.
const commandName = "command"

func kindsCommand(env *Env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "kinds [KIND...]",
		Short: "Describe the kinds of stages and their parameters",
		Long: `kinds describes what a pipeline.yaml may name after "kind:": inputs, outputs,
metrics, and parameters with their defaults and ranges. It also describes the data
sources that "data:" and --data may name.`,
		Example: "  {app} kinds command\n  {app} kinds --json",
		RunE: func(_ *cobra.Command, args []string) error {
			reg, err := env.app.registry()
			if err != nil {
				return err
			}
			kinds, err := describeKinds(reg, args)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(env.Stdout, kinds)
			}
			return printKinds(env.Stdout, kinds)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	c.ValidArgsFunction = func(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
		reg, err := env.app.registry()
		if err != nil {
			return nil, noFiles
		}
		kinds, _ := describeKinds(reg, nil)
		for _, k := range kinds {
			words = append(words, k.Name+"\t"+k.Doc)
		}
		return words, noFiles
	}
	return c
}

// A kindJSON describes a kind of stage, as "kinds --json" prints it.
type kindJSON struct {
	Name    string             `json:"name"`
	Doc     string             `json:"doc"`
	Data    bool               `json:"data_source"`
	Random  bool               `json:"random"`
	Inputs  []portJSON         `json:"inputs"`
	Outputs []portJSON         `json:"outputs"`
	Params  []paramJSON        `json:"params"`
	Metrics []stage.MetricInfo `json:"metrics"`
}

type portJSON struct {
	Name     string `json:"name"`
	Doc      string `json:"doc,omitempty"`
	Type     string `json:"type,omitempty"` // media type
	Dir      bool   `json:"dir,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

type paramJSON struct {
	Name    string   `json:"name"`
	Doc     string   `json:"doc,omitempty"`
	Type    string   `json:"type"`
	Default any      `json:"default"`
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Enum    []string `json:"enum,omitempty"`
}

// describeKinds describes the named kinds, or all: data sources first and
// command last.
func describeKinds(reg *spec.Registry, names []string) ([]kindJSON, error) {
	all := []kindJSON{}
	for _, k := range reg.DataSources() {
		all = append(all, describeKind(reg, k, true))
	}
	for _, k := range reg.Kinds() {
		all = append(all, describeKind(reg, k, false))
	}
	all = append(all, kindJSON{
		Name: commandName, Doc: "a shell command, for what is not Go; pipeline.yaml declares its ports and parameters",
		Inputs: []portJSON{}, Outputs: []portJSON{}, Params: []paramJSON{}, Metrics: []stage.MetricInfo{},
	})
	if len(names) == 0 {
		return all, nil
	}
	known := make([]string, len(all))
	for i, k := range all {
		known[i] = k.Name
	}
	kinds := make([]kindJSON, len(names))
	for i, name := range names {
		at := slices.Index(known, name)
		if at < 0 {
			return nil, Usagef("unknown kind %q%s", name, yamlwalk.Suggest(name, known))
		}
		kinds[i] = all[at]
	}
	return kinds, nil
}

func describeKind(reg *spec.Registry, k stage.Kind, data bool) kindJSON {
	j := kindJSON{
		Name: k.Name, Doc: k.Doc, Data: data, Random: k.Random,
		Inputs: ports(k.Inputs), Outputs: ports(k.Outputs), Params: []paramJSON{},
		Metrics: append([]stage.MetricInfo{}, k.Metrics...),
	}
	for _, p := range reg.Schema(k.Name) {
		j.Params = append(j.Params, paramJSON{p.Name, p.Doc, p.Type, p.Default, p.Min, p.Max, p.Enum})
	}
	return j
}

func ports(ports []stage.Port) []portJSON {
	list := make([]portJSON, len(ports))
	for i, p := range ports {
		list[i] = portJSON{p.Name, p.Doc, p.Type, p.Dir, p.Optional}
	}
	return list
}

// commandHelp says what a pipeline.yaml declares of a stage of kind command.
const commandHelp = `  cmd	what sh -c runs; {inputs.NAME}, {outputs.NAME} and {params.NAME} stand for quoted paths and values
  inputs	names and what they read: {text: label.samples} or {dir: ./in}; the command gets copies
  outputs	names and the files that the command makes: {all: all.txt}; a name that ends in "/" is a directory
  params	scalars or lists of scalars (optional)
  env	names of environment variables that it is given, [LANG]; no others but a fixed PATH are (optional)
  timeout	how long it may take: 90s, 1h30m (optional)
`

func printKinds(to io.Writer, kinds []kindJSON) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for i, k := range kinds {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", k.Name, k.Doc)
		if k.Name == commandName {
			fmt.Fprint(w, commandHelp)
		}
		for _, p := range k.Inputs {
			fmt.Fprintf(w, "  input\t%s\t%s\n", p.Name, p.describe())
		}
		for _, p := range k.Outputs {
			fmt.Fprintf(w, "  output\t%s\t%s\n", p.Name, p.describe())
		}
		for _, p := range k.Params {
			fmt.Fprintf(w, "  param\t%s\t%s\n", p.Name, p.describe())
		}
		for _, m := range k.Metrics {
			fmt.Fprintf(w, "  metric\t%s\t%s\n", m.Name, describeMetric(m))
		}
	}
	return w.Flush()
}

func (p portJSON) describe() string {
	if p.Optional {
		return strings.TrimPrefix(p.Doc+" (optional)", " ")
	}
	return p.Doc
}

// describe says what a parameter is, its default and its bounds.
func (p paramJSON) describe() string {
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

// describeMetric says what a metric is and which values are better.
func describeMetric(m stage.MetricInfo) string {
	var parts []string
	for _, part := range []string{m.Title, m.Doc, m.Unit} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	switch m.Goal {
	case stage.Minimize:
		parts = append(parts, "lower is better")
	case stage.Maximize:
		parts = append(parts, "higher is better")
	}
	return strings.Join(parts, "; ")
}
