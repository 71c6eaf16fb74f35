package evaluate

import (
	"fmt"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
)

// writeLeaveOneOut writes the figures of all pairs without the probes of one
// subject at a time. If all probes are of one subject the table is empty.
func writeLeaveOneOut(t *stage.Task, m *measurement) error {
	table := leaveout.Table{Unit: "subject", Units: []string{}, Metrics: map[string][]float64{}}
	cluster := make([]int, len(m.comparisons))
	seen := map[int]bool{}
	for i, c := range m.comparisons {
		cluster[i] = int(c.presented.Subject)
		if !seen[cluster[i]] { // in the order of the clusters
			seen[cluster[i]] = true
			table.Units = append(table.Units, strconv.Itoa(cluster[i]))
		}
	}
	if len(table.Units) < 2 {
		table.Units = []string{}
	} else {
		score, genuine := scoresAndTruth(m.comparisons)
		c, err := biometrics.NewClusters(score, genuine, cluster)
		if err != nil {
			return fmt.Errorf("write leave-one-out figures: %w", err)
		}
		for _, f := range m.figures(t.Seed) {
			table.Add(f.name, c.LeaveOneOut(f.value))
		}
	}
	text, err := leaveout.Encode(table)
	if err != nil {
		return fmt.Errorf("write leave-one-out figures: %w", err)
	}
	w, err := t.Create("leave_one_out")
	if err != nil {
		return fmt.Errorf("write leave_one_out: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		w.Close()
		return fmt.Errorf("write leave_one_out: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write leave_one_out: %w", err)
	}
	return nil
}
