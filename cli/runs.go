package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
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
		all       bool
	}
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the recorded runs",
		Long: `runs lists the recorded runs, oldest first: state, start, duration, and the first
metrics of the last stage that has any. With --json it gives every parameter and
metric. A run that found every stage in the cache repeats an earlier one: it is
listed only with --all, or as a trial of the --sweep that is named.`,
		Example: `  {app} runs
  {app} runs --sweep last
  {app} runs --newest 5 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.newest < 0 {
				return Usagef("--newest %d: want at least 0", flags.newest)
			}
			runs, err := listRuns(cmd.Context(), flags.artifacts.dir, track.Filter{Sweep: flags.sweep})
			if err != nil {
				return err
			}
			hidden := 0
			if !flags.all && flags.sweep == "" {
				found := len(runs)
				runs = slices.DeleteFunc(runs, func(r track.Run) bool { return repeats(&r) })
				hidden = found - len(runs)
			}
			if n := flags.newest; n > 0 && n < len(runs) {
				runs = runs[len(runs)-n:]
			}
			if flags.json {
				records := make([]recordJSON, 0, len(runs))
				for i := range runs {
					records = append(records, recordOf(&runs[i]))
				}
				return writeJSON(env.Stdout, records)
			}
			return printRuns(env, runs, hidden)
		},
	}
	flags.artifacts.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print a JSON array")
	c.Flags().StringVar(&flags.sweep, "sweep", "", "only the trials of this `SWEEP`: an id, a name, or \"last\"")
	c.RegisterFlagCompletionFunc("sweep", completeSweeps(&flags.artifacts))
	c.Flags().BoolVarP(&flags.all, "all", "a", false, "also the runs that found everything in the cache")
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

func printRuns(env *Env, runs []track.Run, hidden int) error {
	if len(runs) == 0 {
		fmt.Fprintf(env.Stderr, "no runs yet: start one with \"%s run\"\n", env.app.Name)
		return nil
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RUN\tSTATE\tSTARTED\tTOOK\tSTAGES\tMETRICS")
	for i := range runs {
		r := &runs[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.State, r.Started.Local().Format(time.DateTime),
			took(r), stageCounts(r), recordedFigures(r))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if hidden > 0 {
		fmt.Fprintf(env.Stderr, "not shown: %d that found everything in the cache (--all shows them)\n", hidden)
	}
	return nil
}

// repeats reports whether a run computed nothing: all its stages were cached.
func repeats(r *track.Run) bool {
	if r.State != string(pipeline.Done) {
		return false
	}
	for _, s := range r.Stages {
		if s.Status != string(pipeline.Cached) {
			return false
		}
	}
	return true
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
