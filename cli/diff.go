package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/store"
)

func diffCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Say what two runs differ in",
		Long: `diff compares two recorded runs: parameters, inputs, code, environment, and what
they measured. RUN is an id, a unique prefix, or "last".`,
		Example: "  whorl diff 20261123-2215 last",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var records [2]*track.Run
			for i, name := range args {
				var err error
				if records[i], err = findRun(cmd.Context(), artifacts.dir, name); err != nil {
					return err
				}
			}
			st, err := store.Open(artifacts.dir)
			if err != nil {
				return err
			}
			var results [2]*pipeline.Result
			for i := range results {
				if results[i], err = pipeline.ReadRun(st, records[i].ID); err != nil {
					return err
				}
			}
			d := diffJSON{
				RunDiff:     explain.Diff(st, results[0], results[1]),
				Environment: surroundings(records[0], records[1]),
			}
			if asJSON {
				return writeJSON(env.Stdout, d)
			}
			if len(d.Reasons)+len(d.Metrics) > 0 || len(d.Environment) == 0 {
				fmt.Fprint(env.Stdout, d.RunDiff)
			}
			for _, c := range d.Environment {
				fmt.Fprintf(env.Stdout, "%s: %s -> %s\n", c.Name, c.Old, c.New)
			}
			return nil
		},
	}
	artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&artifacts, 2, false)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

type diffJSON struct {
	*explain.RunDiff
	Environment []changeJSON `json:"environment"`
}

type changeJSON struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// surroundings compares what two runs ran in and from.
func surroundings(a, b *track.Run) []changeJSON {
	changes := []changeJSON{}
	add := func(name string, old, now any) {
		if o, n := fmt.Sprint(old), fmt.Sprint(now); o != n {
			changes = append(changes, changeJSON{name, o, n})
		}
	}
	add("data", a.Data, b.Data)
	add("commit", a.GitCommit, b.GitCommit)
	add("uncommitted changes", a.GitDirty, b.GitDirty)
	add("whorl", a.Version, b.Version)
	add("go", a.GoVersion, b.GoVersion)
	add("numeric variant", a.Variant, b.Variant)
	add("host", a.Host, b.Host)
	add("platform", a.OS+"/"+a.Arch, b.OS+"/"+b.Arch)
	add("cpu", a.CPU, b.CPU)
	add("cpus", a.CPUs, b.CPUs)
	return changes
}
