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
	v, err := newForecaster(ctx, s, p, targets, nil)
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

// Keys returns the key of each stage, by its name, if all stages that the targets
// need are cached. It stops at the first that is not, and is quicker than
// [Status].
func Keys(ctx context.Context, s *store.Store, p *spec.Pipeline, targets ...string) (keys map[string]string, cached bool, err error) {
	v, err := newForecaster(ctx, s, p, targets, func(f *forecast) bool { return f.status.Forecast == IsCached })
	if err != nil {
		return nil, false, err
	}
	keys = map[string]string{}
	for _, f := range v.stages {
		if f.status.Forecast != IsCached {
			return nil, false, nil
		}
		keys[f.status.Name] = f.status.Key
	}
	return keys, true, nil
}
