package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
)

func runsCommand(env *environment) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
		sweep     string
		newest    int
	}
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the recorded runs",
		Long: `runs lists the recorded runs, oldest first: state, when, how long, and the
figures of the last stage that measured any.`,
		Example: "  whorl runs\n  whorl runs --newest 5 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			runs, err := listRuns(cmd.Context(), flags.artifacts.dir, track.Filter{Sweep: flags.sweep, Newest: flags.newest})
			if err != nil {
				return err
			}
			if flags.json {
				records := make([]recordJSON, 0, len(runs))
				for i := range runs {
					records = append(records, recordOf(&runs[i]))
				}
				return writeJSON(env.stdout, records)
			}
			return printRuns(env, runs)
		},
	}
	flags.artifacts.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print a JSON array")
	c.Flags().StringVar(&flags.sweep, "sweep", "", "only the trials of the sweep with this `ID`")
	c.Flags().IntVar(&flags.newest, "newest", 0, "only the `N` newest; 0: all")
	return c
}

// listRuns reads the recorded runs; that nothing has been recorded is no error.
func listRuns(ctx context.Context, artifacts string, f track.Filter) ([]track.Run, error) {
	db, err := openRecords(ctx, artifacts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return db.Runs(ctx, f)
}

func databasePath(artifacts string) string { return filepath.Join(artifacts, "runs.db") }

func printRuns(env *environment, runs []track.Run) error {
	if len(runs) == 0 {
		fmt.Fprintln(env.stderr, "no runs yet: start one with \"whorl run\"")
		return nil
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tSTATE\tSTARTED\tTOOK\tSTAGES\tFIGURES")
	for i := range runs {
		r := &runs[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Started.Local().Format(time.DateTime),
			seconds(r.Seconds), stageCounts(r), headline(r))
	}
	return w.Flush()
}

// stageCounts says how many stages ran and how many were cached.
func stageCounts(r *track.Run) string {
	counts := map[string]int{}
	for _, s := range r.Stages {
		counts[s.Status]++
	}
	text := ""
	for _, status := range []string{"ran", "cached", "failed", "skipped"} {
		if n := counts[status]; n > 0 {
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("%d %s", n, status)
		}
	}
	return text
}

// headline gives the first few figures of the last stage that measured any,
// series and timings left out.
func headline(r *track.Run) string {
	const most = 3
	for i := len(r.Stages) - 1; i >= 0; i-- {
		text, n := "", 0
		for _, m := range r.Metrics {
			if m.Stage != r.Stages[i].Name || m.Timing || m.Step >= 0 || n == most {
				continue
			}
			if n++; n > 1 {
				text += "  "
			}
			text += fmt.Sprintf("%s %s", m.Name, figure(m.Value))
		}
		if n > 0 {
			return r.Stages[i].Name + ": " + text
		}
	}
	return ""
}

func figure(v float64) string { return fmt.Sprintf("%.4g", v) }

func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < 10*time.Second {
		return fmt.Sprintf("%.2fs", s)
	}
	return d.Round(100 * time.Millisecond).String()
}
