package pipeline

import "whorl/pipeline/store"

// baselines are the runs that a stage can be compared with, read as needed,
// the newest first.
type baselines struct {
	store   *store.Store
	against string
	files   []store.RunFile
	listed  bool
	runs    []*Result
}

// lookBack is how many runs are searched at most.
const lookBack = 50

func (e *Engine) baselines(against string) *baselines {
	return &baselines{store: e.store, against: against}
}

func (b *baselines) find(good func(*Result) bool) (*Result, error) {
	if b.against != "" && !b.listed {
		b.listed = true
		r, err := ReadRun(b.store, b.against)
		if err != nil {
			return nil, err
		}
		b.runs = []*Result{r}
	}
	if b.against != "" {
		return b.runs[0], nil
	}
	if !b.listed {
		files, err := b.store.Runs()
		if err != nil {
			return nil, err
		}
		b.files, b.listed = files[:min(len(files), lookBack)], true
	}
	for i := 0; ; i++ {
		if i == len(b.runs) {
			if len(b.files) == 0 {
				return nil, nil
			}
			r, err := ReadRun(b.store, b.files[0].ID)
			b.files = b.files[1:]
			if err != nil {
				i--
				continue // damaged, or removed meanwhile
			}
			b.runs = append(b.runs, r)
		}
		if good(b.runs[i]) {
			return b.runs[i], nil
		}
	}
}
