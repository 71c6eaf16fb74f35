package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"whorl/cli/progress"
	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

func reproduceCommand(env *Env) *cobra.Command {
	var flags struct {
		artifacts artifactsFlag
		jobs      int
		json      bool
	}
	c := &cobra.Command{
		Use:   "reproduce RUN",
		Short: "Run a recorded run again from its sources and compare every bit",
		Long: `reproduce computes a recorded run again, from its sources and in an empty store of
its own, and compares every artifact with the recorded one, by digest. The
pipeline is the recorded one, whatever has become of its file; code and data are
today's, and if they have changed since, it says what did. The exit code is 1 if
any artifact differs. RUN is an id, a unique prefix, or "last".`,
		Example: "  whorl reproduce last",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.jobs < 1 {
				return Usagef("--jobs %d: want at least 1", flags.jobs)
			}
			ctx := cmd.Context()
			r, err := findRun(ctx, flags.artifacts.dir, args[0])
			if err != nil {
				return err
			}
			j, err := reproduce(ctx, env, flags.artifacts.dir, r, flags.jobs)
			if err != nil {
				return err
			}
			if flags.json {
				err = writeJSON(env.Stdout, j)
			} else {
				err = printReproduction(env.Stdout, j)
			}
			if err == nil && !j.Identical {
				err = errReported
			}
			return err
		},
	}
	flags.artifacts.add(c)
	c.ValidArgsFunction = completeRuns(&flags.artifacts, 1, false)
	c.Flags().IntVarP(&flags.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "run at most `N` stages at once")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// reproduce runs a recorded run again and compares it with the record.
func reproduce(ctx context.Context, env *Env, artifacts string, r *track.Run, jobs int) (*reproductionJSON, error) {
	var targets []string
	for _, s := range r.Stages {
		if len(s.Outputs) > 0 {
			targets = append(targets, s.Name)
		}
	}
	if len(targets) == 0 {
		return nil, Usagef("run %s, which %s, has made nothing that could be compared", r.ID, r.State)
	}
	reg, err := env.app.registry()
	if err != nil {
		return nil, err
	}
	p, err := recordedPipeline(reg, r)
	if err == nil {
		_, err = p.Nodes(targets...)
	}
	if err != nil { // as text, for it is no matter of today's spec
		return nil, fmt.Errorf("run %s cannot be run again: this whorl refuses its pipeline:\n%v", r.ID, err)
	}
	again, err := runAgain(ctx, env, p, pipeline.Options{Targets: targets, Jobs: jobs})
	if err != nil {
		return nil, err
	}
	j := compareArtifacts(r, again)
	st, err := store.Open(artifacts)
	if err != nil {
		return nil, err
	}
	j.Changes, err = changesSince(ctx, st, p, r, again)
	return j, err
}

// runAgain runs a pipeline in an empty store. A stage that fails is told of,
// and is part of the result.
func runAgain(ctx context.Context, env *Env, p *spec.Pipeline, o pipeline.Options) (*pipeline.Result, error) {
	dir, err := os.MkdirTemp("", "whorl-reproduce-*")
	if err != nil {
		return nil, err
	}
	defer removeStore(dir)
	st, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	display := progress.New(env.Stderr)
	defer display.Close()
	o.Observe = follow(display)
	result, err := pipeline.NewEngine(st).Run(ctx, p, o)
	display.Close()
	if ctx.Err() != nil {
		fmt.Fprintln(env.Stderr, "interrupted: nothing was compared, and nothing is kept")
		return nil, errReported
	}
	if err != nil && result != nil && result.State == pipeline.Failed {
		outcome(ctx, env.Stderr, result, err)
		return result, nil
	}
	return result, err
}

// recordedPipeline is the run's pipeline with the parameters, data and seed
// that were recorded.
func recordedPipeline(reg *spec.Registry, r *track.Run) (*spec.Pipeline, error) {
	path := r.Pipeline
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Dir, path)
	}
	parse := func(s spec.Settings) (*spec.Pipeline, error) {
		if r.Spec == "" { // an old record
			return reg.Load(path, s)
		}
		return reg.Parse(path, []byte(r.Spec), s)
	}
	s := spec.Settings{Seed: &r.Seed}
	for _, p := range r.Params {
		text, err := p.Text()
		if err != nil {
			return nil, err
		}
		s.Set = append(s.Set, fmt.Sprintf("%s.%s=%s", p.Stage, p.Name, text))
	}
	// What the file says of the data is relative to the file, what the call
	// said to where it was made.
	bare, err := parse(spec.Settings{})
	if err == nil && bare.Data == r.Data {
		return parse(s)
	}
	s.Data = r.Data
	for _, k := range reg.DataSources() {
		if k.Name == r.Data {
			return parse(s)
		}
	}
	if r.Data != "" && !filepath.IsAbs(r.Data) {
		s.Data = filepath.Join(r.Dir, r.Data)
	}
	return parse(s)
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
