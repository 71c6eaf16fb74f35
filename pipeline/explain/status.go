package explain

import (
	"context"

	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// A StageStatus is the forecast of a stage, and the reasons for it.
type StageStatus struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Forecast Forecast `json:"status"`
	Key      string   `json:"key,omitempty"` // if all inputs are known
	Reasons  []Reason `json:"reasons,omitempty"`
}

// Status says what a run of the targets, or of all stages, would do. Each stage
// that is not cached is compared with the recorded execution of it whose key
// differs in the fewest lines.
func Status(ctx context.Context, s *store.Store, p *spec.Pipeline, targets ...string) ([]StageStatus, error) {
	v, err := newForecaster(ctx, s, p, targets)
	if err != nil {
		return nil, err
	}
	base, err := newBaselines(s)
	if err != nil {
		return nil, err
	}
	statuses := make([]StageStatus, len(v.stages))
	for i, f := range v.stages {
		statuses[i] = f.status
		if f.status.Forecast == IsCached {
			continue
		}
		run := base.nearest([]*forecast{f}, "")
		if statuses[i].Reasons, err = v.compare(f, run); err != nil {
			return nil, err
		}
	}
	return statuses, nil
}
