package pipeline

import (
	"whorl/pipeline/record"
	"whorl/pipeline/store"
)

// live writes the record of a run while it goes on.
type live struct {
	active  *store.ActiveRun
	source  chan record.Source // nil if there is nothing to come
	waiting []*record.Stage    // not written yet
}

// begin writes what is known from the start.
func (l *live) begin(r *record.Run) error {
	b, err := record.Encode(r)
	if err != nil {
		return err
	}
	return l.active.Append(b)
}

// note writes what a stage has come to. What takes no time, such as finding
// stages cached, is written along with what does; if nothing does, the record of
// the run has it soon enough. The stage must not change afterwards.
func (l *live) note(s *record.Stage) error {
	switch s.Status {
	case record.StageRunning, record.Ran, record.StageFailed:
	default:
		l.waiting = append(l.waiting, s)
		return nil
	}
	var lines []byte
	for _, s := range append(l.waiting, s) {
		line, err := record.Outcome(s).Line()
		if err != nil {
			return err
		}
		lines = append(lines, line...)
	}
	l.waiting = l.waiting[:0]
	return l.active.Append(lines)
}

// setSource takes down the revision of the source.
func (l *live) setSource(r *record.Run, source record.Source) error {
	l.source, r.Source = nil, source
	line, err := record.Update{Source: &source}.Line()
	if err != nil {
		return err
	}
	return l.active.Append(line)
}

// end waits for the revision of the source and writes the record of the run.
func (l *live) end(r *record.Run) error {
	if l.source != nil {
		r.Source = <-l.source
	}
	b, err := record.Encode(r)
	if err != nil {
		return err
	}
	return l.active.Finish(b)
}
