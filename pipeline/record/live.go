package record

import (
	"encoding/json"
	"errors"
	"fmt"
)

// An Update is a change of the record of a run in progress.
type Update struct {
	Stage  *Stage  `json:",omitempty"` // the outcome of a stage, without Params and About
	Source *Source `json:",omitempty"`
}

// Outcome is the update with the outcome of a stage.
func Outcome(s *Stage) Update {
	o := *s
	o.Params, o.About = nil, nil
	return Update{Stage: &o}
}

// Line returns the update as one line of JSON.
func (u Update) Line() ([]byte, error) {
	b, err := json.Marshal(u)
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// Replay joins the lines of a run's live record: the run as
// Encode wrote it at its start, then updates.
func Replay(lines [][]byte) (*Run, error) {
	if len(lines) == 0 {
		return nil, errors.New("it is empty")
	}
	r, err := Parse(lines[0])
	if err != nil {
		return nil, err
	}
	at := make(map[string]*Stage, len(r.Stages))
	for i := range r.Stages {
		at[r.Stages[i].Name] = &r.Stages[i]
	}
	for i, line := range lines[1:] {
		var u Update
		if err := decode(line, &u); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		if u.Source != nil {
			r.Source = *u.Source
		}
		if u.Stage == nil {
			continue
		}
		s := at[u.Stage.Name]
		if s == nil {
			return nil, fmt.Errorf("line %d: unknown stage %q", i+2, u.Stage.Name)
		}
		u.Stage.Params, u.Stage.About = s.Params, s.About
		*s = *u.Stage
	}
	return r, r.check()
}

// Died is the error of a stage whose process died.
const Died = "the process died while this stage was being executed"

// Crash marks a run whose process died as failed. Its end is the time of its last
// update.
func (r *Run) Crash() {
	r.State, r.Finished = Failed, r.Started
	for i := range r.Stages {
		s := &r.Stages[i]
		switch s.Status {
		case StageRunning:
			s.Status, s.Error = StageFailed, Died
		case Pending:
			s.Status = Skipped
		}
		if at := s.ended(); at.After(r.Finished) {
			r.Finished = at
		}
	}
}
