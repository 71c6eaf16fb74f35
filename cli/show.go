package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"whorl/pipeline/record"
)

func showCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		json      bool
		metric    string
	}
	c := &cobra.Command{
		Use:   "show RUN",
		Short: "Show what was recorded of a run or a sweep",
		Long: `show prints what was recorded of a run: where it came from, its parameters,
stages, artifacts and metrics. RUN is an id or a unique part of one, a name,
"last", "last~1", "SWEEP/7" or "best:METRIC" ({app} runs --help).

The name or id of a sweep shows its configurations, ranked by the mean of the
metric over the seeds, each with its interval and a verdict against the first.`,
		Example: "  {app} show last\n  {app} show ablation --metric evaluate.roc_auc",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := env.answers(cmd.Context(), flags.artifacts.dir)
			if err != nil {
				return err
			}
			defer w.Close()
			ranking, err := sweepOf(cmd.Context(), w, args[0], flags.metric)
			switch {
			case err != nil:
				return refError(err)
			case ranking != nil && flags.json:
				return writeJSON(env.Stdout, rankingOf(ranking))
			case ranking != nil:
				return printRanking(env, ranking)
			case flags.metric != "":
				return Usagef("--metric ranks the configurations of a sweep, and %s is not the name or id of one", args[0])
			}
			r, err := w.Find(cmd.Context(), args[0])
			if err != nil {
				return refError(err)
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
	c.Flags().StringVar(&flags.metric, "metric", "", "rank the configurations of a sweep by this `METRIC`; by default the primary one")
	c.RegisterFlagCompletionFunc("metric", completeMetrics(&flags.artifacts))
	return c
}

func printRun(env *Env, r *record.Run) error {
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" {
			fmt.Fprintf(w, "%s\t%s\n", name, text)
		}
	}
	row("run", "%s", r.ID)
	row("name", "%s", r.Name)
	row("tags", "%s", strings.Join(r.Tags, " "))
	row("note", "%s", r.Note)
	row("state", "%s", r.State)
	row("started", "%s, took %s", r.Started.Local().Format(time.DateTime), took(r))
	row("command", "%s", strings.Join(r.Command, " "))
	row("in", "%s", r.Dir)
	row("pipeline", "%s", r.Pipeline)
	row("data", "%s", r.Data)
	row("seed", "%d", r.Seed)
	if r.Sweep != nil {
		row("sweep", "%s, trial %d", r.Sweep.ID, r.Trial)
	}
	commit := r.Source.Commit
	if r.Source.Dirty {
		commit += fmt.Sprintf(", with uncommitted changes (%d lines of diff kept)", strings.Count(r.Source.Diff, "\n"))
	}
	row("commit", "%s", commit)
	m := r.Machine
	row("machine", "%s, %s/%s, %d x %s, %.1f GiB", m.Host, m.OS, m.Arch, m.CPUs, m.CPU, float64(m.Memory)/(1<<30))
	row("versions", "%s %s, %s, numeric variant %s", env.app.Name, r.Versions.Program, r.Versions.Go, r.Versions.Variant)

	fmt.Fprintln(w, "\nPARAMETER\tVALUE")
	for _, s := range r.Stages {
		for _, p := range s.Params {
			fmt.Fprintf(w, "%s.%s\t%v\n", s.Name, p.Name, p.Value)
		}
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
	for _, m := range r.Metrics() {
		fmt.Fprintf(w, "%s\t%s\n", m.Key(), figure(m.Value))
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
	Name     string              `json:"name,omitempty"`
	Tags     []string            `json:"tags,omitempty"`
	Note     string              `json:"note,omitempty"`
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
	Status  record.Status         `json:"status"`
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

func detailsOf(r *record.Run) detailsJSON {
	j := detailsJSON{
		recordJSON: recordOf(r), Name: r.Name, Tags: r.Tags, Note: r.Note, Command: r.Command, Dir: r.Dir, Pipeline: r.Pipeline, Data: r.Data, Seed: r.Seed,
		Sweep: r.SweepID(), Trial: r.Trial, Commit: r.Source.Commit, Dirty: r.Source.Dirty, Diff: r.Source.Diff,
		Machine: machineJSON(r.Machine),
		Go:      r.Versions.Go, Version: r.Versions.Program, Variant: r.Versions.Variant, Stages: []recordedStageJSON{},
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
