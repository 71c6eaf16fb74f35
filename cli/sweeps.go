package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/workspace"
)

func sweepsCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
	}
	c := &cobra.Command{
		Use:   "sweeps",
		Short: "List the recorded sweeps",
		Long: `sweeps lists the recorded sweeps, oldest first. Where a command takes --sweep it
takes an id, "last", or a name, which means the newest sweep of that name.`,
		Example: "  {app} sweeps\n  {app} runs --sweep last",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sweeps, err := listSweeps(cmd.Context(), env, flags.artifacts.dir)
			if err != nil {
				return err
			}
			if flags.json {
				list := make([]sweepJSON, len(sweeps))
				for i, s := range sweeps {
					list[i] = sweepOfJSON(s)
				}
				return writeJSON(env.Stdout, list)
			}
			if len(sweeps) == 0 {
				fmt.Fprintf(env.Stderr, "no sweeps yet: start one with \"%s sweep FILE\"\n", env.app.Name)
				return nil
			}
			return printSweeps(env.Stdout, sweeps)
		},
	}
	flags.artifacts.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print a JSON array")
	return c
}

type sweepJSON struct {
	Sweep   string    `json:"sweep"`
	Name    string    `json:"name"`
	File    string    `json:"file"`
	Started time.Time `json:"started"`
	Trials  int       `json:"trials"` // planned
	Done    int       `json:"done"`
	Failed  int       `json:"failed"`
	Running int       `json:"running"`
}

func sweepOfJSON(s workspace.Sweep) sweepJSON {
	return sweepJSON{s.ID, s.Name, s.File, s.Started, s.Trials, s.Done, s.Failed + s.Interrupted, s.Running}
}

// trialsOf says what has become of a sweep's trials.
func trialsOf(s workspace.Sweep) string {
	trials := fmt.Sprintf("%d of %d done", s.Done, s.Trials)
	if n := s.Failed + s.Interrupted; n > 0 {
		trials += fmt.Sprintf(", %d failed", n)
	}
	if s.Running > 0 {
		trials += fmt.Sprintf(", %d running", s.Running)
	}
	return trials
}

func printSweeps(to io.Writer, sweeps []workspace.Sweep) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SWEEP\tNAME\tSTARTED\tTRIALS\tFILE")
	for _, s := range sweeps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.ID, s.Name, s.Started.Local().Format(time.DateTime), trialsOf(s), s.File)
	}
	return w.Flush()
}

// listSweeps reads the recorded sweeps, oldest first. It is no error if nothing
// is recorded.
func listSweeps(ctx context.Context, env *Env, dir string) ([]workspace.Sweep, error) {
	w, err := workspace.OpenExisting(ctx, dir, env.options())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.Sweeps(ctx)
}

// completeSweeps offers the names and ids of the recorded sweeps.
func completeSweeps(artifacts *artifactsFlag) completion {
	quiet := &Env{Stderr: io.Discard}
	return func(cmd *cobra.Command, _ []string, _ string) (words []string, _ cobra.ShellCompDirective) {
		sweeps, err := listSweeps(cmd.Context(), quiet, artifacts.dir)
		if err != nil || len(sweeps) == 0 {
			return nil, noFiles
		}
		words = append(words, workspace.Last)
		seen := map[string]bool{}
		for i := len(sweeps) - 1; i >= 0; i-- {
			s := sweeps[i]
			if !seen[s.Name] {
				words = append(words, s.Name+"\tthe newest of this name")
			}
			seen[s.Name] = true
			words = append(words, fmt.Sprintf("%s\t%d trials", s.ID, s.Trials))
		}
		return words, noFiles
	}
}

// completeMetrics offers the metrics of the newest runs.
func completeMetrics(artifacts *artifactsFlag) completion {
	quiet := &Env{Stderr: io.Discard}
	return func(cmd *cobra.Command, _ []string, _ string) (words []string, _ cobra.ShellCompDirective) {
		runs, err := listRuns(cmd.Context(), quiet, artifacts.dir, workspace.Filter{Newest: 20})
		if err != nil {
			return nil, noFiles
		}
		seen := map[string]bool{}
		for i := len(runs) - 1; i >= 0; i-- {
			for _, m := range runs[i].Metrics() {
				if name := m.Key(); !m.Timing && !seen[name] {
					seen[name] = true
					words = append(words, name)
				}
			}
		}
		return words, noFiles
	}
}
