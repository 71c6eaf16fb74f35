package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline"
)

// completion is what cobra asks for the words that may come next.
type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// plans are those of the pipeline that the call has named so far, or none.
func (f *specFlags) plans() []pipeline.Plan {
	p, err := f.pipeline()
	if err != nil {
		return nil
	}
	plans, _ := pipeline.Plans(p)
	return plans
}

// completeStages offers the pipeline's stages.
func (f *specFlags) completeStages(*cobra.Command, []string, string) (names []string, _ cobra.ShellCompDirective) {
	for _, p := range f.plans() {
		names = append(names, p.Name+"\t"+p.Kind)
	}
	return names, noFiles
}

// completeSettings offers "stage.param=" for --set.
func (f *specFlags) completeSettings(*cobra.Command, []string, string) (names []string, _ cobra.ShellCompDirective) {
	for _, p := range f.plans() {
		for _, param := range p.Params {
			names = append(names, p.Name+"."+param.Name+"=")
		}
	}
	return names, noFiles | cobra.ShellCompDirectiveNoSpace
}

// completeRuns offers runs for the first arguments, most of them, and for one
// more the artifacts of the run before it, if that is asked for.
func completeRuns(artifacts *artifactsFlag, most int, outputs bool) completion {
	return func(cmd *cobra.Command, args []string, _ string) (words []string, _ cobra.ShellCompDirective) {
		if len(args) < most {
			runs, err := listRuns(cmd.Context(), artifacts.dir, track.Filter{Newest: 20})
			if err != nil || len(runs) == 0 {
				return nil, noFiles
			}
			words = append(words, track.Last)
			for i := len(runs) - 1; i >= 0; i-- {
				words = append(words, strings.TrimSuffix(runs[i].ID+"\t"+runs[i].State+" "+recordedFigures(&runs[i]).String(), " "))
			}
		}
		if len(args) == most && outputs {
			r, err := findRun(cmd.Context(), artifacts.dir, args[0])
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
