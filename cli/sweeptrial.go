package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"whorl/experiments/sweep"
	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/workspace"
)

// trialRuns are the runs of a sweep's trials. Trials that run at once share it.
type trialRuns struct {
	mu    sync.Mutex
	byID  map[string]*record.Run
	found []foundRun       // of earlier starts, the oldest first
	begun []map[string]any // parameters of the configurations of earlier starts, in the order of their trials
}

// A foundRun is a run of an earlier start.
type foundRun struct {
	*record.Run
	params map[string]any
	keys   map[string]string // by stage
}

func (r *trialRuns) add(run *record.Run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byID[run.ID] = run
}

// of returns the run of a trial, or nil.
func (r *trialRuns) of(t sweep.TrialResult) *record.Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[t.Run]
}

// resume reads what earlier starts of the same sweep have recorded.
func (s *sweeper) resume(ctx context.Context) error {
	s.runs = &trialRuns{byID: map[string]*record.Run{}}
	s.record = record.Sweep{
		ID: s.id, Name: s.def.Name, File: s.def.File, Definition: string(s.def.Text),
		Started: time.Now().UTC().Round(0), Trials: s.trials,
	}
	sweeps, err := s.space.Sweeps(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sweeps, func(x workspace.Sweep) bool { return x.ID == s.id })
	if i < 0 {
		return nil
	}
	s.record = sweeps[i].Sweep
	if s.flags.force {
		return nil
	}
	runs, err := s.space.Runs(ctx, workspace.Filter{Sweep: s.id})
	if err != nil {
		return err
	}
	for _, r := range runs {
		f := foundRun{r, sweep.Summarize(sweep.Trial{}, r, nil).Params, map[string]string{}}
		for _, st := range r.Stages {
			f.keys[st.Name] = st.Key
		}
		s.runs.found = append(s.runs.found, f)
	}
	s.runs.begun = s.configurations(s.runs.found)
	return nil
}

// configurations returns the different configurations of runs, in the order of
// their trials.
func (s *sweeper) configurations(runs []foundRun) (all []map[string]any) {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b foundRun) int { return a.Trial - b.Trial })
	seen := map[string]bool{}
	for _, r := range runs {
		id := ""
		for _, key := range s.searched() {
			id += fmt.Sprintf("%v\n", r.params[key])
		}
		if !seen[id] {
			seen[id] = true
			all = append(all, r.params)
		}
	}
	return all
}

// searched returns the keys that tell configurations apart.
func (s *sweeper) searched() []string {
	return slices.DeleteFunc(s.def.Varied(), func(key string) bool {
		return key == sweep.Seed && s.sources == nil || s.def.Prune != nil && key == s.def.Prune.Resource
	})
}

func (s *sweeper) options(ctx context.Context) sweep.Options {
	o := sweep.Options{Parallel: s.flags.parallel, Eager: s.flags.eager, Observe: s.watch.observe, Decide: s.decide}
	if s.flags.parallel > 1 && !s.flags.force {
		o.Cached = func(ctx context.Context, t sweep.Trial) bool {
			_, cached := s.keys(ctx, t)
			return cached
		}
	}
	if len(s.runs.found) > 0 {
		o.Recorded = func(t sweep.Trial) (sweep.TrialResult, bool) { return s.recorded(ctx, t) }
		o.Begun = s.begun
	}
	return o
}

// keys returns the keys of a trial's stages if all are cached.
func (s *sweeper) keys(ctx context.Context, t sweep.Trial) (map[string]string, bool) {
	p, err := s.parse(t.Set())
	if err != nil {
		return nil, false // its run will say why
	}
	keys, cached, err := s.space.Keys(ctx, p)
	return keys, err == nil && cached
}

// recorded returns the result of a trial that an earlier start has recorded, if
// a run of it today would be the same: the code and the data may have changed,
// and results may have been collected.
func (s *sweeper) recorded(ctx context.Context, t sweep.Trial) (sweep.TrialResult, bool) {
	var keys map[string]string
	for _, r := range s.runs.found {
		if r.State != record.Done || !t.Same(r.params) {
			continue
		}
		if keys == nil {
			var cached bool
			if keys, cached = s.keys(ctx, t); !cached {
				return sweep.TrialResult{}, false
			}
		}
		if maps.Equal(keys, r.keys) {
			s.runs.add(r.Run)
			return sweep.Summarize(t, r.Run, nil), true
		}
	}
	return sweep.TrialResult{}, false
}

// begun returns the parameters of a configuration of an earlier start.
func (s *sweeper) begun(configuration int) (map[string]any, bool) {
	if configuration > len(s.runs.begun) {
		return nil, false
	}
	return s.runs.begun[configuration-1], true
}

// trial runs one trial as an ordinary run.
func (s *sweeper) trial(ctx context.Context, t sweep.Trial) (*record.Run, error) {
	p, err := s.parse(t.Set())
	if err != nil {
		return nil, err
	}
	lines := s.display.Trial(s.prefix(t))
	result, err := s.space.Run(ctx, p, pipeline.Options{
		Jobs: sweep.Share(s.flags.jobs, s.flags.parallel), Force: s.flags.force, KeepGoing: s.flags.keepGoing,
		Origin: record.Origin{Sweep: &s.record, Trial: t.Number}, Observe: follow(lines),
	})
	if result != nil {
		s.runs.add(result)
	}
	if err != nil && ctx.Err() == nil && result != nil {
		for _, line := range strings.Split(strings.TrimSuffix(failures(result), "\n"), "\n") {
			lines.Print(line)
		}
	}
	return result, err
}

// prefix begins the lines of a trial: "[3/8] ".
func (s *sweeper) prefix(t sweep.Trial) string {
	return fmt.Sprintf("[%d/%d] ", t.Number, max(t.Number, s.trials))
}

// describe gives the settings that tell a trial from the others.
func (s *sweeper) describe(t sweep.Trial) string {
	return describeSettings(s.varied(t.Settings))
}

func describeSettings(settings []sweep.Setting) string {
	var parts []string
	for _, setting := range settings {
		parts = append(parts, fmt.Sprintf("%s=%v", setting.Key, setting.Value))
	}
	if len(parts) == 0 {
		return "the only trial"
	}
	return strings.Join(parts, " ")
}

// varied returns the settings that differ between trials, in the order of the
// file.
func (s *sweeper) varied(settings []sweep.Setting) (varied []sweep.Setting) {
	for _, key := range s.def.Varied() {
		for _, x := range settings {
			if x.Key == key {
				varied = append(varied, x)
			}
		}
	}
	return varied
}
