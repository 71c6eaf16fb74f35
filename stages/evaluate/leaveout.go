package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

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
		c, err := m.clusters()
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
func (m *measurement) subjects() []uint16 { return m.data.subjects(m.data.test) }

// subjects are the people whose prints are probes of a side, ascending.
func (d *data) subjects(of side) []uint16 {
	seen := map[uint16]bool{}
	for _, row := range of.Probes {
		seen[d.Presented[row].Subject] = true
	}
	return slices.Sorted(maps.Keys(seen))
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
