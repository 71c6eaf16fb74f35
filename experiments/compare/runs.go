package compare

import (
	"math"
	"slices"

	"whorl/experiments/track"
	"whorl/pipeline/stage/leaveout"
)

// LeaveOneOut returns the table that a stage of a run wrote, nil if it wrote
// none.
type LeaveOneOut func(run *track.Run, stage string) (*leaveout.Table, error)

// DesignOf returns the design of a metric ("stage.name") over groups of
// replicates, by ascending seed. Of several runs of a group with one seed the
// first counts, since a run is a function of its parameters and seed. tables may
// be nil. It fails if a table cannot be read.
//
// Values that all lie within 0..1 are taken for rates.
func DesignOf(groups []Group, metric string, tables LeaveOneOut) (*Design, error) {
	d := &Design{Rate: true}
	column := map[uint64]int{}
	values := make([][]observation, len(groups))
	for i, g := range groups {
		values[i] = g.observations(metric)
		for _, o := range values[i] {
			d.Seeds = append(d.Seeds, o.seed)
			d.Rate = d.Rate && 0 <= o.value && o.value <= 1
		}
	}
	slices.Sort(d.Seeds)
	d.Seeds = slices.Compact(d.Seeds)
	for s, seed := range d.Seeds {
		column[seed] = s
	}
	for i, g := range groups {
		row := make([]float64, len(d.Seeds))
		for s := range row {
			row[s] = math.NaN()
		}
		for _, o := range values[i] {
			row[column[o.seed]] = o.value
		}
		d.Configurations = append(d.Configurations, g.Name())
		d.Value = append(d.Value, row)
	}
	if tables == nil {
		return d, nil
	}
	return d, d.read(values, metric, tables)
}

// read fills in the leave-one-out values.
func (d *Design) read(values [][]observation, metric string, tables LeaveOneOut) error {
	stage, name := splitMetric(metric)
	found := make([][]*leaveout.Table, len(values)) // by configuration and seed
	unit := map[string]int{}
	for c := range values {
		found[c] = make([]*leaveout.Table, len(d.Seeds))
		for _, o := range values[c] {
			table, err := tables(o.run, stage)
			if err != nil {
				return err
			}
			if table == nil || table.Metrics[name] == nil {
				continue
			}
			s, _ := slices.BinarySearch(d.Seeds, o.seed)
			found[c][s] = table
			d.Unit = table.Unit
			for _, u := range table.Units {
				if _, ok := unit[u]; !ok {
					unit[u] = len(unit)
				}
			}
		}
	}
	if len(unit) == 0 {
		return nil
	}
	d.Without = make([][][]float64, len(values))
	for c := range values {
		d.Without[c] = make([][]float64, len(d.Seeds))
		for s, table := range found[c] {
			if table == nil {
				continue
			}
			cell := slices.Repeat([]float64{d.Value[c][s]}, len(unit))
			for i, u := range table.Units {
				cell[unit[u]] = table.Metrics[name][i]
			}
			d.Without[c][s] = cell
		}
	}
	return nil
}

// FactorsOf returns the parameters that differ between groups of replicates,
// with their values in the order in which they first occur; baseline may name
// the value of a parameter that effects start from.
func FactorsOf(groups []Group, baseline map[string]any) []Factor {
	if len(groups) == 0 {
		return nil
	}
	var out []Factor
	for k, setting := range groups[0].Settings {
		f := Factor{Param: setting.Key}
		index := map[string]int{}
		add := func(v any) int {
			id := identity([]Setting{{Value: v}})
			level, ok := index[id]
			if !ok {
				level = len(f.Levels)
				index[id] = level
				f.Levels = append(f.Levels, v)
			}
			return level
		}
		base, ok := baseline[setting.Key]
		if ok && slices.ContainsFunc(groups, func(g Group) bool {
			return identity(g.Settings[k:k+1]) == identity([]Setting{{Value: base}})
		}) {
			add(base)
		}
		for _, g := range groups {
			f.Of = append(f.Of, add(g.Settings[k].Value))
		}
		if len(f.Levels) > 1 {
			out = append(out, f)
		}
	}
	return out
}
