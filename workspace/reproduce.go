package workspace

import (
	"context"
	"fmt"
	"path/filepath"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// A Reproduction compares a recorded run with the same pipeline run again.
type Reproduction struct {
	Run       string           `json:"run"`
	Identical bool             `json:"identical"`
	Artifacts []Reproduced     `json:"artifacts"`
	Changes   []explain.Reason `json:"changes"` // what has changed since

	// Again is the new run, whose artifacts are gone, and Err why it failed.
	Again *record.Run `json:"-"`
	Err   error       `json:"-"`
}

// Reproduced compares one artifact.
type Reproduced struct {
	Name       string `json:"name"`
	Identical  bool   `json:"identical"`
	SameKey    bool   `json:"same_key"` // made by the same code from the same inputs, as far as the key tells
	Recorded   string `json:"recorded"`
	Reproduced string `json:"reproduced"` // empty if it was not made
}

// Reproduce runs a recorded run again, from its sources and in an empty store,
// and compares every artifact by its digest. The pipeline is the recorded one,
// whatever has become of its file; code and data are today's. Of o, Targets and
// RunID are set by Reproduce. That stages fail is part of the result.
func (w *Workspace) Reproduce(ctx context.Context, reg *spec.Registry, r *record.Run, o pipeline.Options) (*Reproduction, error) {
	o.Targets, o.RunID = nil, ""
	for _, s := range r.Stages {
		if len(s.Outputs) > 0 {
			o.Targets = append(o.Targets, s.Name)
		}
	}
	if len(o.Targets) == 0 {
		return nil, refErrorf("run %s, which %s, has made nothing that could be compared", r.ID, r.State)
	}
	p, err := RecordedPipeline(reg, r)
	if err == nil {
		_, err = p.Nodes(o.Targets...)
	}
	if err != nil { // as text: its positions are not in today's file
		return nil, fmt.Errorf("run %s cannot be run again: this program refuses its pipeline:\n%v", r.ID, err)
	}
	again, failure := runAfresh(ctx, p, o)
	if again == nil || again.State != record.Failed && failure != nil {
		return nil, failure
	}
	rep := compareArtifacts(r, again)
	rep.Again, rep.Err = again, failure
	rep.Changes, err = changesSince(ctx, w.store, p, r, again)
	return rep, err
}

// runAfresh runs a pipeline in an empty store.
func runAfresh(ctx context.Context, p *spec.Pipeline, o pipeline.Options) (*record.Run, error) {
	sweepScratch()
	dir, err := newScratch()
	if err != nil {
		return nil, err
	}
	defer dir.remove()
	s, err := store.Open(dir.path)
	if err != nil {
		return nil, err
	}
	return pipeline.NewEngine(s).Run(ctx, p, o)
}

// RecordedPipeline is a run's pipeline with the parameters, data and seed that
// were recorded.
func RecordedPipeline(reg *spec.Registry, r *record.Run) (*spec.Pipeline, error) {
	path := r.Pipeline
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.Dir, path)
	}
	parse := func(s spec.Settings) (*spec.Pipeline, error) {
		if r.Spec == "" { // an early record
			return reg.Load(path, s)
		}
		return reg.Parse(path, []byte(r.Spec), s)
	}
	s := spec.Settings{Seed: &r.Seed}
	for _, st := range r.Stages {
		for _, p := range st.Params {
			s.Set = append(s.Set, fmt.Sprintf("%s.%s=%s", st.Name, p.Name, p.Text()))
		}
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

func compareArtifacts(r, again *record.Run) *Reproduction {
	rep := &Reproduction{Run: r.ID, Identical: true, Artifacts: []Reproduced{}, Changes: []explain.Reason{}}
	for _, s := range r.Stages {
		made := again.Stage(s.Name)
		for _, o := range s.Outputs {
			a := Reproduced{Name: s.Name + "." + o.Name, Recorded: o.Digest}
			if made != nil {
				a.SameKey = s.Key == made.Key
				if now := made.Output(o.Name); now != nil {
					a.Reproduced = now.Digest
				}
			}
			a.Identical = a.Recorded == a.Reproduced
			rep.Identical = rep.Identical && a.Identical
			rep.Artifacts = append(rep.Artifacts, a)
		}
	}
	return rep
}

// changesSince says what the run depended on that is different now: code,
// data, versions. What follows from that, such as the inputs of later stages,
// is left out.
func changesSince(ctx context.Context, s *store.Store, p *spec.Pipeline, r, again *record.Run) ([]explain.Reason, error) {
	recorded, made := map[string]string{}, map[string]bool{} // keys by stage; references to outputs
	for _, s := range r.Stages {
		recorded[s.Name] = s.Key
		for _, o := range s.Outputs {
			made[s.Name+"."+o.Name] = true
		}
	}
	changes := []explain.Reason{}
	explained := map[string]bool{}
	for i := len(again.Stages) - 1; i >= 0; i-- { // one explanation also covers the stages before
		st := again.Stages[i]
		if st.Key == "" || st.Key == recorded[st.Name] || explained[st.Name] {
			continue
		}
		x, err := explain.Why(ctx, s, p, st.Name, r.ID)
		if err != nil {
			return nil, fmt.Errorf("what has changed since run %s: %w", r.ID, err)
		}
		var found []explain.Reason
		for _, why := range x.Reasons {
			if explained[why.Stage] || why.What == "upstream" || why.What == "input" && made[why.From] {
				continue
			}
			found = append(found, why)
		}
		for _, why := range x.Reasons {
			explained[why.Stage] = true
		}
		changes = append(changes, found...)
	}
	return changes, nil
}
