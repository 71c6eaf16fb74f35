package evaluate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// jackknife is the output of that name; see [TypeJackknife].
type jackknife struct {
	Unit    string              `json:"unit"`
	Metrics map[string]leaveOut `json:"metrics"`
}

// A leaveOut is a metric without each unit in turn.
type leaveOut struct {
	Units  []string `json:"units"`
	Values []number `json:"values"`
}

// writeJackknife writes the figures of all pairs without each subject of the
// test side in turn: without the pairs in which a print of the subject is the
// probe or the gallery image. For rank-k only the subject's searches are left
// out, while the gallery keeps its prints.
func (m *measurement) writeJackknife(t *stage.Task) error {
	pairs := slices.Clone(m.test.pairs)
	slices.SortStableFunc(pairs, func(a, b comparison) int { return cmp.Compare(a.score, b.score) })
	subjects := m.subjects()
	names, figures := m.figures()
	out := jackknife{"subject", map[string]leaveOut{}}
	add := func(name string, subject uint16, value float64) {
		l := out.Metrics[name]
		l.Units, l.Values = append(l.Units, strconv.Itoa(int(subject))), append(l.Values, number(value))
		out.Metrics[name] = l
	}
	score, genuine := make([]float64, 0, len(pairs)), make([]bool, 0, len(pairs))
	for _, subject := range subjects {
		score, genuine = score[:0], genuine[:0]
		for _, c := range pairs {
			if m.data.Presented[c.probe].Subject != subject && m.data.Enrolled[c.gallery].Subject != subject {
				score, genuine = append(score, c.score), append(genuine, c.genuine)
			}
		}
		s, err := biometrics.New(score, genuine)
		for i, name := range names {
			value := math.NaN()
			if err == nil { // else there is no pair without the subject
				value = figures[i](s)
			}
			add(name, subject, value)
		}
		for _, k := range ranks {
			add(rankName(k), subject, m.without(subject).within(k).value())
		}
	}
	return writeJSON(t, "jackknife", out)
}

// subjects are the people whose prints are probes of the test side, ascending.
func (m *measurement) subjects() []uint16 {
	seen := map[uint16]bool{}
	for _, row := range m.data.test.Probes {
		seen[m.data.Presented[row].Subject] = true
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
