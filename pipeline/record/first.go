package record

import (
	"encoding/json"
	"time"
)

// firstFile is a record of version 1, which kept the plan of the stages apart
// from their outcomes.
type firstFile struct {
	ID       string
	Started  time.Time
	Pipeline string
	Spec     string
	Data     string
	Seed     uint64
	Targets  []string
	Stages   []struct {
		Name, Kind string
		Params     []Param
		Inputs     []struct{ Name, Ref string }
	}
	About    json.RawMessage
	State    State
	Finished time.Time
	Results  []struct {
		Name, Kind string
		Status     Status
		Key        string
		Started    time.Time
		Seconds    float64
		Cost       float64
		Inputs     []Input
		Outputs    []Output
		Metrics    Metrics
		Notes      []string
		Log        string
		Err        string
	}
}

// firstAbout is the origin of a run in version 1.
type firstAbout struct {
	Command                 []string
	Dir                     string
	Trial                   int
	GitCommit               string
	GitDirty                bool
	GitDiff                 string
	Patch                   []byte
	Host, OS, Arch, CPU     string
	CPUs                    int
	Memory                  int64
	GoVersion               string
	Version                 string
	Variant                 string
	Of                      *Sweep
	ID, State               string // also in the record
	Started, Finished       time.Time
	Seconds                 float64
	Pipeline, Data, Sweep   string
	Seed                    uint64
	Params, Stages, Metrics json.RawMessage // null
}

// parseFirst reads a record of version 1.
func parseFirst(b []byte) (*Run, error) {
	var f firstFile
	if err := decode(b, &f); err != nil {
		return nil, err
	}
	r := &Run{
		ID: f.ID, State: f.State, Started: f.Started.UTC(), Finished: f.Finished.UTC(), Pipeline: f.Pipeline,
		Spec: f.Spec, Data: f.Data, Seed: f.Seed, Targets: f.Targets,
	}
	for _, p := range f.Stages {
		s := Stage{Name: p.Name, Kind: p.Kind, Params: p.Params, Status: Skipped}
		for _, in := range p.Inputs {
			s.Inputs = append(s.Inputs, Input{Name: in.Name, Ref: in.Ref})
		}
		r.Stages = append(r.Stages, s)
	}
	for _, was := range f.Results {
		s := r.Stage(was.Name)
		if s == nil {
			r.Stages = append(r.Stages, Stage{Name: was.Name, Kind: was.Kind})
			s = &r.Stages[len(r.Stages)-1]
		}
		s.Status, s.Key, s.Started, s.Seconds, s.Cost = was.Status, was.Key, was.Started.UTC(), was.Seconds, was.Cost
		if len(was.Inputs) > 0 {
			s.Inputs = was.Inputs
		}
		s.Outputs, s.Metrics, s.Notes, s.Log, s.Error = was.Outputs, was.Metrics, was.Notes, was.Log, was.Err
	}
	if len(f.About) == 0 || string(f.About) == "null" {
		return r, nil
	}
	var a firstAbout
	if err := decode(f.About, &a); err != nil {
		return nil, err
	}
	r.Origin = Origin{
		Command: a.Command, Dir: a.Dir, Sweep: a.Of, Trial: a.Trial,
		Machine:  Machine{a.Host, a.OS, a.Arch, a.CPU, a.CPUs, a.Memory},
		Versions: Versions{a.Version, a.GoVersion, a.Variant},
	}
	if a.Of == nil && a.Sweep != "" {
		r.Sweep = &Sweep{ID: a.Sweep, Name: a.Sweep, Started: r.Started}
	}
	r.Source = Source{a.GitCommit, a.GitDirty, a.GitDiff}
	if a.Patch != nil {
		r.Source.Diff = string(a.Patch)
	}
	return r, nil
}
