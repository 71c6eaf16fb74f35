package pipeline

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"whorl/pipeline/store"
)

// stageRecord is a StageResult as it is kept in JSON.
type stageRecord struct {
	Name, Kind string
	Status     Status
	Key        string `json:",omitempty"`
	Started    time.Time
	Seconds    float64
	Cost       float64       `json:",omitempty"`
	Inputs     []InputResult `json:",omitempty"`
	Outputs    []Output      `json:",omitempty"`
	Metrics    []metricJSON  `json:",omitempty"`
	Notes      []string      `json:",omitempty"`
	Log        string        `json:",omitempty"`
	Err        string        `json:",omitempty"`
}

// executing is the status of a stage in the notes of a run that goes on.
const executing Status = "executing"

// noted is what a run notes as it goes on, after its RunInfo: what has become
// of a stage, or what the recorder gave to be kept.
type noted struct {
	stageRecord
	About json.RawMessage `json:",omitempty"`
}

// record is a Result as it is kept.
type record struct {
	RunInfo
	State    State
	Finished time.Time
	Results  []stageRecord
}

func toStageRecord(s StageResult) stageRecord {
	r := stageRecord{
		s.Name, s.Kind, s.Status, s.Key, s.Started, s.Seconds, s.Cost, s.Inputs,
		s.Outputs, toMetricJSON(s.Metrics), s.Notes, s.Log, "",
	}
	if s.Err != nil {
		r.Err = s.Err.Error()
	}
	return r
}

func (r stageRecord) result() (StageResult, error) {
	s := StageResult{
		Name: r.Name, Kind: r.Kind, Status: r.Status, Key: r.Key, Started: r.Started,
		Seconds: r.Seconds, Cost: r.Cost, Inputs: r.Inputs, Outputs: r.Outputs, Notes: r.Notes, Log: r.Log,
	}
	if r.Err != "" {
		s.Err = errors.New(r.Err)
	}
	var err error
	if len(r.Metrics) > 0 {
		s.Metrics, err = fromMetricJSON(r.Metrics)
	}
	return s, err
}

func toRecord(res *Result) record {
	r := record{
		RunInfo: res.RunInfo, State: res.State, Finished: res.Finished,
		Results: make([]stageRecord, len(res.Stages)),
	}
	for i, s := range res.Stages {
		r.Results[i] = toStageRecord(s)
	}
	return r
}

// ReadRun reads what a run came to, as it was kept beside its artifacts. The
// errors of stages have only their text.
func ReadRun(s *store.Store, id string) (*Result, error) {
	var r record
	if err := s.ReadRun(id, &r); err != nil {
		return nil, err
	}
	res := &Result{RunInfo: r.RunInfo, State: r.State, Finished: r.Finished}
	for _, sr := range r.Results {
		stage, err := sr.result()
		if err != nil {
			return nil, err
		}
		res.Stages = append(res.Stages, stage)
	}
	return res, nil
}

// ErrDied is why a stage failed that was being executed when its process died.
var ErrDied = errors.New("the process died while this stage was being executed")

// bury records a run whose process died, from the lines that it noted.
func (e *Engine) bury(id string, lines []json.RawMessage) error {
	var r record
	if err := json.Unmarshal(lines[0], &r.RunInfo); err != nil || r.ID != id {
		return nil // nothing is known but that it was
	}
	r.State, r.Finished = Failed, r.Started
	for _, plan := range r.Stages {
		r.Results = append(r.Results, stageRecord{Name: plan.Name, Kind: plan.Kind, Status: Skipped})
	}
	for _, l := range lines[1:] {
		var n noted
		if err := json.Unmarshal(l, &n); err != nil {
			continue
		}
		if n.About != nil {
			r.About = n.About
			continue
		}
		if i := slices.IndexFunc(r.Results, func(have stageRecord) bool { return have.Name == n.Name }); i >= 0 {
			r.Results[i] = n.stageRecord
		}
		// It ended when it was last heard of.
		if heard := n.Started.Add(time.Duration(n.Seconds * float64(time.Second))); heard.After(r.Finished) {
			r.Finished = heard
		}
	}
	for i := range r.Results {
		if s := &r.Results[i]; s.Status == executing {
			s.Status, s.Err = Broken, ErrDied.Error()
		}
	}
	return e.store.WriteRun(id, r)
}

func sortBy[T any](s []T, name func(T) string) {
	slices.SortFunc(s, func(a, b T) int { return strings.Compare(name(a), name(b)) })
}
