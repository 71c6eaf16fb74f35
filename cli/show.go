package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/experiments/track"
)

func showCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
	}
	c := &cobra.Command{
		Use:   "show RUN",
		Short: "Show what was recorded of a run",
		Long: `show prints what was recorded of a run: where it came from, its parameters,
stages, artifacts and metrics. RUN is an id, a prefix that only one id has, or
"last".`,
		Example: "  whorl show last",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := findRun(cmd.Context(), flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			if flags.json {
				return writeJSON(env.Stdout, detailsOf(r))
			}
			return printRun(env, r)
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, false)
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// findRun reads one recorded run; a name that is no run's is a wrong call.
func findRun(ctx context.Context, artifacts, name string) (*track.Run, error) {
	db, err := openRecords(ctx, artifacts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Usagef("run %q: nothing has been recorded in %s yet", name, artifacts)
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r, err := db.Run(ctx, name)
	if errors.Is(err, track.ErrNoRun) {
		return nil, UsageError{err}
	}
	return r, err
}

func printRun(env *Env, r *track.Run) error {
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	row("run", "%s", r.ID)
	row("state", "%s", r.State)
	row("started", "%s, took %s", r.Started.Local().Format(time.DateTime), took(r))
	row("command", "%s", strings.Join(r.Command, " "))
	row("in", "%s", r.Dir)
	row("pipeline", "%s", r.Pipeline)
	row("data", "%s", r.Data)
	row("seed", "%d", r.Seed)
	if r.Sweep != "" {
		row("sweep", "%s, trial %d", r.Sweep, r.Trial)
	}
	commit := r.GitCommit
	if r.GitDirty {
		commit += fmt.Sprintf(", with uncommitted changes (%d lines of diff kept)", strings.Count(r.GitDiff, "\n"))
	}
	row("commit", "%s", commit)
	row("machine", "%s, %s/%s, %d x %s, %.1f GiB", r.Host, r.OS, r.Arch, r.CPUs, r.CPU, float64(r.Memory)/(1<<30))
	row("versions", "whorl %s, %s, numeric variant %s", r.Version, r.GoVersion, r.Variant)

	fmt.Fprintln(w, "\nPARAMETER\tVALUE")
	for _, p := range r.Params {
		fmt.Fprintf(w, "%s.%s\t%v\n", p.Stage, p.Name, p.Value)
	}
	fmt.Fprintln(w, "\nSTAGE\tSTATUS\tTOOK\tKEY")
	for _, s := range r.Stages {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Name, s.Status, seconds(s.Seconds), short(s.Key))
	}
	fmt.Fprintln(w, "\nARTIFACT\tBYTES\tDIGEST")
	for _, s := range r.Stages {
		for _, o := range s.Outputs {
			fmt.Fprintf(w, "%s.%s\t%d\t%s\n", s.Name, o.Name, o.Bytes, short(o.Digest))
		}
	}
	fmt.Fprintln(w, "\nMETRIC\tVALUE")
	for _, m := range r.Metrics {
		fmt.Fprintf(w, "%s.%s\t%s\n", m.Stage, m.Name, figure(m.Value))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range r.Stages {
		if s.Error != "" {
			fmt.Fprintf(env.Stdout, "\nstage %q failed: %s\n", s.Name, s.Error)
		}
	}
	return nil
}

// short cuts a digest to what a person compares.
func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	return digest
}

// detailsJSON is a recorded run, whole.
type detailsJSON struct {
	recordJSON
	Command  []string            `json:"command"`
	Dir      string              `json:"dir"`
	Pipeline string              `json:"pipeline"`
	Data     string              `json:"data"`
	Seed     uint64              `json:"seed"`
	Sweep    string              `json:"sweep,omitempty"`
	Trial    int                 `json:"trial,omitempty"`
	Commit   string              `json:"commit,omitempty"`
	Dirty    bool                `json:"dirty,omitempty"`
	Diff     string              `json:"diff,omitempty"`
	Machine  machineJSON         `json:"machine"`
	Go       string              `json:"go"`
	Version  string              `json:"version"`
	Variant  string              `json:"variant"`
	Stages   []recordedStageJSON `json:"stages"`
}

type machineJSON struct {
	Host   string `json:"host"`
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	CPU    string `json:"cpu"`
	CPUs   int    `json:"cpus"`
	Memory int64  `json:"memory"`
}

type recordedStageJSON struct {
	Name    string                `json:"name"`
	Kind    string                `json:"kind"`
	Status  string                `json:"status"`
	Key     string                `json:"key,omitempty"`
	Seconds float64               `json:"seconds"`
	Cost    float64               `json:"cost"`
	Inputs  map[string]inputJSON  `json:"inputs"`
	Outputs map[string]outputJSON `json:"outputs"`
	Error   string                `json:"error,omitempty"`
}

type inputJSON struct {
	Ref    string `json:"ref"`
	Digest string `json:"digest"`
}

func detailsOf(r *track.Run) detailsJSON {
	j := detailsJSON{
		recordJSON: recordOf(r), Command: r.Command, Dir: r.Dir, Pipeline: r.Pipeline, Data: r.Data, Seed: r.Seed,
		Sweep: r.Sweep, Trial: r.Trial, Commit: r.GitCommit, Dirty: r.GitDirty, Diff: r.GitDiff,
		Machine: machineJSON{r.Host, r.OS, r.Arch, r.CPU, r.CPUs, r.Memory},
		Go:      r.GoVersion, Version: r.Version, Variant: r.Variant, Stages: []recordedStageJSON{},
	}
	for _, s := range r.Stages {
		sj := recordedStageJSON{
			Name: s.Name, Kind: s.Kind, Status: s.Status, Key: s.Key, Seconds: s.Seconds, Cost: s.Cost,
			Inputs: map[string]inputJSON{}, Outputs: map[string]outputJSON{}, Error: s.Error,
		}
		for _, in := range s.Inputs {
			sj.Inputs[in.Name] = inputJSON{in.Ref, in.Digest}
		}
		for _, o := range s.Outputs {
			sj.Outputs[o.Name] = outputJSON{o.Digest, o.Bytes}
		}
		j.Stages = append(j.Stages, sj)
	}
	return j
}
