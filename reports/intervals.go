package reports

import (
	"encoding/json"
	"fmt"

	"whorl/biometrics"
)

// addIntervals takes the confidence intervals that a stage gives of its
// metrics. They are what a run's own prints can tell; what another seed would
// make of it only replicates can.
func (t *trial) addIntervals(stage string, data []byte) error {
	var read struct {
		Confidence float64
		Figures    map[string]struct{ Low, High *float64 }
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return fmt.Errorf("no intervals: %w", err)
	}
	if read.Confidence != confidence {
		return nil // of another kind than the report speaks of
	}
	if t.intervals == nil {
		t.intervals = map[string]biometrics.Interval{}
	}
	for name, f := range read.Figures {
		if f.Low != nil && f.High != nil {
			t.intervals[stage+"."+name] = biometrics.Interval{Low: *f.Low, High: *f.High}
		}
	}
	return nil
}
