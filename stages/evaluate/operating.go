package evaluate

import "whorl/pipeline/stage"

// An operating point is a threshold with the decisions on the test pairs.
type operating struct {
	Name      string `json:"name"`
	Threshold number `json:"threshold"`
	TP        int    `json:"tp"`
	FP        int    `json:"fp"`
	TN        int    `json:"tn"`
	FN        int    `json:"fn"`
}

// writeThresholds writes the operating points, from which the stage model takes
// the rates of thresholds.
func (m *measurement) writeThresholds(t *stage.Task) error {
	var out struct {
		Operating []operating `json:"operating"`
	}
	for _, th := range m.thresholds {
		c := m.scores.At(th.value)
		out.Operating = append(out.Operating, operating{th.name, number(th.value), c.TP, c.FP, c.TN, c.FN})
	}
	return writeJSON(t, "thresholds", out)
}
