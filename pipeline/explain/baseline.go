package explain

import (
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// lookBack is the largest number of runs that are searched.
const lookBack = 200

// baselines are the recorded runs that a stage can be compared with, the newest
// first. They are read as they are needed.
type baselines struct {
	store *store.Store
	files []store.RunFile // not read yet
	runs  []*record.Run
	texts map[string][]spec.Line // of keys; nil without a manifest
}

func newBaselines(s *store.Store) (*baselines, error) {
	files, err := s.Runs()
	return &baselines{store: s, files: files[:min(len(files), lookBack)], texts: map[string][]spec.Line{}}, err
}

// run returns the i-th run, or nil after the last.
func (b *baselines) run(i int) *record.Run {
	for i >= len(b.runs) && len(b.files) > 0 {
		r, err := record.Read(b.store, b.files[0].ID)
		b.files = b.files[1:]
		if err == nil { // damaged and removed records are skipped
			b.runs = append(b.runs, r)
		}
	}
	if i >= len(b.runs) {
		return nil
	}
	return b.runs[i]
}

// key returns the lines of a key's text, if the store has its manifest.
func (b *baselines) key(key string) []spec.Line {
	lines, ok := b.texts[key]
	if !ok {
		if m, err := b.store.Manifest(key); err == nil {
			lines = spec.ReadKeyText(m.Text)
		}
		b.texts[key] = lines
	}
	return lines
}

// nearest returns the run whose execution of the first of the stages differs in
// the fewest lines of its key, those of the other stages included; among equals
// the newest, nil if no run qualifies. Runs with the key not are left out.
func (b *baselines) nearest(stages []*forecast, not string) *record.Run {
	var best *record.Run
	fewest := 0
	for i := 0; ; i++ {
		r := b.run(i)
		if r == nil {
			return best
		}
		n, ok := b.distance(r, stages, not)
		if ok && (best == nil || n < fewest) {
			best, fewest = r, n
		}
		if best != nil && fewest <= 1 {
			return best
		}
	}
}

// distance counts the lines in which the keys of the stages differ from those of
// a run; ok says whether the run has the first of them.
func (b *baselines) distance(r *record.Run, stages []*forecast, not string) (n int, ok bool) {
	for i, f := range stages {
		s := r.Stage(f.n.Name)
		known := s != nil && s.Key != "" && s.Key != not && (s.Key == f.status.Key || b.key(s.Key) != nil)
		switch {
		case !known && i == 0:
			return 0, false
		case !known:
			n += len(f.lines)
		case s.Key != f.status.Key:
			n += f.differing(b.key(s.Key))
		}
	}
	return n, true
}
