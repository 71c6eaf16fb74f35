package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/cmd/whorl/progress"
	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/store"
)

func reproduceCommand(env *environment) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		jobs      int
		json      bool
	}
	c := &cobra.Command{
		Use:   "reproduce RUN",
		Short: "Run a recorded run again from its sources and compare every bit",
		Long: `reproduce computes a recorded run again, from its sources and in an empty store of
its own, and compares every artifact with the recorded one, by digest. The exit
code is 1 if any differs. RUN is an id, a unique prefix, or "last".`,
		Example: "  whorl reproduce last",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			r, err := findRun(ctx, flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			again, err := runAgain(ctx, env, r, flags.jobs)
			if err != nil {
				return err
			}
			j := compareArtifacts(r, again)
			if flags.json {
				err = writeJSON(env.stdout, j)
			} else {
				err = printReproduction(env, j)
			}
			if err == nil && !j.Identical {
				err = errReported
			}
			return err
		},
	}
	flags.artifacts.add(c)
	c.Flags().IntVarP(&flags.jobs, "jobs", "j", 0, "run at most `N` stages at once; 0: one for each processor")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// runAgain runs what the record says in an empty store.
func runAgain(ctx context.Context, env *environment, r *track.Run, jobs int) (*pipeline.Result, error) {
	reg, err := newRegistry()
	if err != nil {
		return nil, err
	}
	p, err := recordedPipeline(reg, r)
	if err != nil {
		return nil, fmt.Errorf("run %s cannot be run again: %w", r.ID, err)
	}
	dir, err := os.MkdirTemp("", "whorl-reproduce-*")
	if err != nil {
		return nil, err
	}
	defer removeStore(dir)
	st, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	display := progress.New(env.stderr)
	defer display.Close()
	var targets []string
	for _, s := range r.Stages {
		targets = append(targets, s.Name)
	}
	result, err := pipeline.NewEngine(st).Run(ctx, p, pipeline.Options{Targets: targets, Jobs: jobs, Observe: follow(display)})
	display.Close()
	if err != nil && result != nil {
		return nil, outcome(ctx, env.stderr, result, err)
	}
	return result, err
}

// recordedPipeline loads the run's pipeline with the parameters, data and seed
// that were recorded.
func recordedPipeline(reg *pipeline.Registry, r *track.Run) (*pipeline.Pipeline, error) {
	s := pipeline.Settings{Seed: &r.Seed}
	for _, p := range r.Params {
		value, err := json.Marshal(p.Value) // JSON is YAML
		if err != nil {
			return nil, err
		}
		s.Set = append(s.Set, fmt.Sprintf("%s.%s=%s", p.Stage, p.Name, value))
	}
	path := r.Pipeline
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Dir, path)
	}
	// What the file says of the data is relative to the file, what the call
	// said to where it was made.
	bare, err := reg.Load(path, pipeline.Settings{})
	if err == nil && bare.Data == r.Data {
		return reg.Load(path, s)
	}
	s.Data = r.Data
	for _, k := range reg.DataSources() {
		if k.Name == r.Data {
			return reg.Load(path, s)
		}
	}
	if r.Data != "" && !filepath.IsAbs(r.Data) {
		s.Data = filepath.Join(r.Dir, r.Data)
	}
	return reg.Load(path, s)
}

// removeStore deletes a store, whose files are read-only.
func removeStore(dir string) {
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	os.RemoveAll(dir)
}

type reproductionJSON struct {
	Run       string         `json:"run"`
	Identical bool           `json:"identical"`
	Artifacts []artifactJSON `json:"artifacts"`
}

type artifactJSON struct {
	Name       string `json:"name"`
	Identical  bool   `json:"identical"`
	SameKey    bool   `json:"same_key"` // made by the same code from the same inputs, as far as the key tells
	Recorded   string `json:"recorded"`
	Reproduced string `json:"reproduced"`
}

func compareArtifacts(r *track.Run, again *pipeline.Result) reproductionJSON {
	made := map[string]pipeline.StageResult{}
	for _, s := range again.Stages {
		made[s.Name] = s
	}
	j := reproductionJSON{Run: r.ID, Identical: true, Artifacts: []artifactJSON{}}
	for _, s := range r.Stages {
		digests := map[string]string{}
		for _, o := range made[s.Name].Outputs {
			digests[o.Name] = o.Digest
		}
		for _, o := range s.Outputs {
			a := artifactJSON{
				Name: s.Name + "." + o.Name, Recorded: o.Digest, Reproduced: digests[o.Name],
				Identical: o.Digest == digests[o.Name], SameKey: s.Key == made[s.Name].Key,
			}
			j.Identical = j.Identical && a.Identical
			j.Artifacts = append(j.Artifacts, a)
		}
	}
	return j
}

func printReproduction(env *environment, j reproductionJSON) error {
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ARTIFACT\tSTATUS\tRECORDED\tREPRODUCED")
	same, changed := 0, false
	for _, a := range j.Artifacts {
		status := "DIFFERS"
		if a.Identical {
			status = "identical"
			same++
		}
		changed = changed || !a.SameKey
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Name, status, short(a.Recorded), short(a.Reproduced))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(env.stdout, "run %s: %d of %d artifacts are identical, bit for bit\n", j.Run, same, len(j.Artifacts))
	if changed {
		fmt.Fprintln(env.stdout, "code, inputs or parameters have changed since: \"whorl why STAGE --against RUN\" tells which")
	}
	return nil
}
