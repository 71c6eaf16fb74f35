package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"whorl/pipeline/explain"
	"whorl/pipeline/record"
)

func diffCommand(env *Env) *cobra.Command {
	var artifacts artifactsFlag
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Say what two runs differ in",
		Long: `diff compares two recorded runs: parameters, inputs, code, environment, and what
they measured. RUN is an id, a unique prefix, or "last".`,
		Example: "  {app} diff 20261123-2215 last",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := env.existing(cmd.Context(), artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			var runs [2]*record.Run
			for i, ref := range args {
				if runs[i], err = w.Find(cmd.Context(), ref); err != nil {
					return refError(err)
				}
			}
			d := diffJSON{RunDiff: w.Diff(runs[0], runs[1]), Environment: surroundings(runs[0], runs[1])}
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
func surroundings(a, b *record.Run) []changeJSON {
	changes := []changeJSON{}
	add := func(name string, old, now any) {
		if o, n := fmt.Sprint(old), fmt.Sprint(now); o != n {
			changes = append(changes, changeJSON{name, o, n})
		}
	}
	add("data", a.Data, b.Data)
	add("commit", a.Source.Commit, b.Source.Commit)
	add("uncommitted changes", a.Source.Dirty, b.Source.Dirty)
	add("whorl", a.Versions.Program, b.Versions.Program)
	add("go", a.Versions.Go, b.Versions.Go)
	add("numeric variant", a.Versions.Variant, b.Versions.Variant)
	add("host", a.Machine.Host, b.Machine.Host)
	add("platform", a.Machine.OS+"/"+a.Machine.Arch, b.Machine.OS+"/"+b.Machine.Arch)
	add("cpu", a.Machine.CPU, b.Machine.CPU)
	add("cpus", a.Machine.CPUs, b.Machine.CPUs)
	return changes
}
