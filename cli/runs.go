package cli

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
	"whorl/pipeline"
)

func runsCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
		sweep     string
		newest    int
	}
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the recorded runs",
		Long: `runs lists the recorded runs, oldest first: state, when, how long, and the first
figures of the last stage that measured any. With --json it gives every
parameter and metric.`,
		Example: `  whorl runs
  whorl runs --sweep last
  whorl runs --newest 5 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.newest < 0 {
				return Usagef("--newest %d: want at least 0", flags.newest)
			}
			runs, err := listRuns(cmd.Context(), flags.artifacts.dir, track.Filter{Sweep: flags.sweep, Newest: flags.newest})
			if err != nil {
				return err
			}
			if flags.json {
				records := make([]recordJSON, 0, len(runs))
				for i := range runs {
					records = append(records, recordOf(&runs[i]))
				}
				return writeJSON(env.Stdout, records)
			}
			return printRuns(env, runs)
		},
	}
	flags.artifacts.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print a JSON array")
	c.Flags().StringVar(&flags.sweep, "sweep", "", "only the trials of the sweep with this `ID`, or of the \"last\" one")
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
	if f.Sweep != "" {
		s, err := findSweep(ctx, db, f.Sweep)
		if err != nil {
			return nil, err
		}
		f.Sweep = s.ID
	}
	return db.Runs(ctx, f)
}

func databasePath(artifacts string) string { return filepath.Join(artifacts, "runs.db") }

func printRuns(env *Env, runs []track.Run) error {
	if len(runs) == 0 {
		fmt.Fprintln(env.Stderr, "no runs yet: start one with \"whorl run\"")
		return nil
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tSTATE\tSTARTED\tTOOK\tSTAGES\tFIGURES")
	for i := range runs {
		r := &runs[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Started.Local().Format(time.DateTime),
			took(r), stageCounts(r), recordedFigures(r))
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

// took is how long a run took, or has been running.
func took(r *track.Run) string {
	if r.State == string(pipeline.Running) {
		return seconds(time.Since(r.Started).Seconds())
	}
	return seconds(r.Seconds)
}

func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < 10*time.Second {
		return fmt.Sprintf("%.2fs", s)
	}
	return d.Round(100 * time.Millisecond).String()
}
