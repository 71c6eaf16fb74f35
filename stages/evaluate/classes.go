package evaluate

import (
	"math"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// writeClasses writes the per-class report at the fixed and at the calibrated
// threshold.
func (m *measurement) writeClasses(t *stage.Task) error {
	type classes struct {
		Threshold number `json:"threshold"`
		biometrics.ClassReport
	}
	reports := map[string]classes{} // written in the order of their names
	for _, th := range m.thresholds {
		if th.brief {
			continue
		}
		reports[th.name] = classes{number(th.value), m.scores.At(th.value).Report()}
	}
	return writeJSON(t, "classes", reports)
}

// A number is null in JSON where it is NaN or infinite, and otherwise the
// shortest decimal that is read back as the same number.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}
