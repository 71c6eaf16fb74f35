package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
)

// writeLeaveOneOut writes the figures of all pairs without one subject at a
// time: without the subject's probes, and with pairs all without the subject's
// gallery images too. For rank-k only the subject's searches are left out. If
// all probes are of one subject the table is empty.
func (m *measurement) writeLeaveOneOut(t *stage.Task) error {
	table := leaveout.Table{Unit: "subject", Units: []string{}, Metrics: map[string][]float64{}}
	subjects := m.subjects()
	if len(subjects) > 1 {
		c, err := m.bySubject(subjects)
		if err != nil {
			return fmt.Errorf("write leave_one_out: %w", err)
		}
		for _, s := range subjects {
			table.Units = append(table.Units, strconv.Itoa(int(s)))
		}
		for _, f := range m.quantities() {
			table.Add(f.name, c.LeaveOneOut(f.value))
		}
		for _, k := range ranks {
			var without []float64
			for _, s := range subjects {
				without = append(without, m.without(s).within(k).value())
			}
			table.Add(rankName(k), without)
		}
	}
	text, err := leaveout.Encode(table)
	if err == nil {
		err = t.WriteFile("leave_one_out", text)
	}
	if err != nil {
		return fmt.Errorf("write leave_one_out: %w", err)
	}
	return nil
}

// subjects are the people whose prints are probes of the test side, ascending.
func (m *measurement) subjects() []uint16 {
	seen := map[uint16]bool{}
	for _, row := range m.data.test.Probes {
		seen[m.data.Presented[row].Subject] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// bySubject counts the pairs of each subject: those of the subject's probes,
// and with pairs all those with the subject's gallery images too.
func (m *measurement) bySubject(subjects []uint16) (*biometrics.Clusters, error) {
	cluster := make(map[uint16]int, len(subjects))
	for i, s := range subjects {
		cluster[s] = i
	}
	score, genuine := make([][]float64, len(subjects)), make([][]bool, len(subjects))
	add := func(i int, c comparison) {
		score[i], genuine[i] = append(score[i], c.score), append(genuine[i], c.genuine)
	}
	for _, c := range m.test.pairs {
		probe, gallery := m.data.Presented[c.probe].Subject, m.data.Enrolled[c.gallery].Subject
		add(cluster[probe], c)
		if i, ok := cluster[gallery]; ok && m.all && gallery != probe {
			add(i, c)
		}
	}
	of := make([]*biometrics.Scores, len(subjects))
	for i := range of {
		var err error
		if of[i], err = biometrics.New(score[i], genuine[i]); err != nil {
			return nil, fmt.Errorf("subject %d: %w", subjects[i], err)
		}
	}
	return biometrics.JoinClusters(m.scores, of)
}

// without is the search without those for the subject's probes.
func (m *measurement) without(subject uint16) *search {
	s := newSearch(m.test.search.size)
	for i, row := range m.test.search.probes {
		if m.data.Presented[row].Subject != subject {
			s.ranks = append(s.ranks, m.test.search.ranks[i])
		}
	}
	return s
}
