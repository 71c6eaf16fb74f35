package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whorl/pipeline/spec"
	"whorl/workspace"
)

// completion is what cobra asks for the words that may come next.
type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// nodes are the stages of the pipeline that the call has named so far, if any.
func (f *specFlags) nodes() []*spec.Node {
	p, err := f.pipeline()
	if err != nil {
		return nil
	}
	nodes, _ := p.Nodes()
	return nodes
}

// completeStages offers the pipeline's stages.
func (f *specFlags) completeStages(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
	for _, n := range f.nodes() {
		words = append(words, n.Name+"\t"+n.Kind.Name)
	}
	return words, noFiles
}

// completeSettings offers "stage.param=" for --set, and after it the values
// that the parameter is known to take: those of an enumeration, true and false,
// or the present one.
func (f *specFlags) completeSettings(_ *cobra.Command, _ []string, typed string) (words []string, _ cobra.ShellCompDirective) {
	reg, err := f.env.app.registry()
	if err != nil {
		return nil, noFiles
	}
	given, _, hasValue := strings.Cut(typed, "=")
	for _, n := range f.nodes() {
		enum := map[string][]string{}
		for _, info := range reg.Schema(n.Kind.Name) {
			enum[info.Name] = info.Enum
		}
		for _, p := range n.Params {
			name := n.Name + "." + p.Name
			switch {
			case !hasValue:
				words = append(words, name+"=")
			case name == given:
				values := enum[p.Name]
				if _, ok := p.Value.(bool); ok {
					values = []string{"false", "true"}
				}
				if len(values) == 0 {
					values = []string{p.Text}
				}
				for _, v := range values {
					words = append(words, name+"="+v)
				}
			}
		}
	}
	if hasValue {
		return words, noFiles
	}
	return words, noFiles | cobra.ShellCompDirectiveNoSpace
}

// completeData offers the data sources and lets the shell offer folders.
func (f *specFlags) completeData(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
	for _, k := range f.env.app.DataSources {
		words = append(words, k.Name+"\t"+k.Doc)
	}
	return words, cobra.ShellCompDirectiveDefault
}

// completeRuns offers runs for the first arguments, most of them, and for one
// more the artifacts of the run before it, if that is asked for.
func completeRuns(artifacts *artifactsFlag, most int, outputs bool) completion {
	quiet := &Env{Stderr: io.Discard}
	return func(cmd *cobra.Command, args []string, _ string) (words []string, _ cobra.ShellCompDirective) {
		if len(args) < most {
			runs, err := listRuns(cmd.Context(), quiet, artifacts.dir, workspace.Filter{Newest: 20})
			if err != nil || len(runs) == 0 {
				return nil, noFiles
			}
			words = append(words, workspace.Last)
			for _, r := range slices.Backward(runs) {
				words = append(words, strings.TrimSuffix(r.ID+"\t"+string(r.State)+" "+figuresOf(r).String(), " "))
			}
		}
		if len(args) == most && outputs {
			r, err := findRun(cmd.Context(), quiet, artifacts.dir, args[0])
			if err != nil {
				return nil, noFiles
			}
			for _, s := range r.Stages {
				for _, o := range s.Outputs {
					words = append(words, s.Name+"."+o.Name)
				}
			}
		}
		return words, noFiles
	}
}
