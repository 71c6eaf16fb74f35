package compare

import (
	"errors"
	"fmt"
	"math"
)

// A Design is one metric of several configurations, each measured with several
// seeds. A seed stands for everything that it decides: the split of the data,
// augmentation, initial weights.
//
// Cells may be missing: a trial that failed is NaN, and a row may be shorter
// than the list of seeds. The analysis takes a missing cell for missing at
// random. Where a configuration fails because it is bad, its mean is that of
// the seeds with which it did not fail.
type Design struct {
	Configurations []string    // names, for messages
	Seeds          []uint64    // of the columns
	Value          [][]float64 // by configuration and seed

	// Rate says that the metric is a share within 0..1, whose spread depends on
	// its size as that of a binomial rate does.
	Rate bool

	// Without holds the metric without one unit (a test subject) at a time, by
	// configuration, seed and unit. It is nil where no run says it; a cell is
	// nil where that run does not. A unit that a run did not test leaves its
	// value as it is.
	Without [][][]float64
	Unit    string // what a unit is, in the singular; empty for "subject"
}

func (d *Design) unit() string {
	if d.Unit == "" {
		return "subject"
	}
	return d.Unit
}

// size returns the numbers of configurations and seeds.
func (d *Design) size() (configurations, seeds int) { return len(d.Value), len(d.Seeds) }

// at returns the value of a cell, NaN if it is missing.
func (d *Design) at(c, s int) float64 {
	if s >= len(d.Value[c]) || math.IsInf(d.Value[c][s], 0) {
		return math.NaN()
	}
	return d.Value[c][s]
}

func (d *Design) measured(c, s int) bool { return !math.IsNaN(d.at(c, s)) }

// check returns what is wrong with the shape of the design.
func (d *Design) check() error {
	if len(d.Value) < 2 {
		return errors.New("compare: fewer than two configurations")
	}
	if len(d.Configurations) != len(d.Value) {
		return fmt.Errorf("compare: %d names for %d configurations", len(d.Configurations), len(d.Value))
	}
	if d.Without != nil && len(d.Without) != len(d.Value) {
		return fmt.Errorf("compare: leave-one-out values of %d configurations out of %d", len(d.Without), len(d.Value))
	}
	for c, row := range d.Value {
		if len(row) > len(d.Seeds) {
			return fmt.Errorf("compare: %s has values of %d seeds out of %d", d.Configurations[c], len(row), len(d.Seeds))
		}
		any := false
		for s := range row {
			any = any || d.measured(c, s)
			if v := d.at(c, s); d.Rate && (v < 0 || v > 1) {
				return fmt.Errorf("compare: %s with seed %d: %v is not a rate within 0..1", d.Configurations[c], d.Seeds[s], v)
			}
		}
		if !any {
			return fmt.Errorf("compare: %s has no finished run with this metric", d.Configurations[c])
		}
	}
	return nil
}

// units returns the number of units of the leave-one-out values. It is 0 where
// they cannot be used, with the reason.
func (d *Design) units() (n int, reason string) {
	if d.Without == nil {
		return 0, "the runs have no leave-one-out values of this metric"
	}
	for c := range d.Value {
		for s := range d.Seeds {
			if !d.measured(c, s) {
				continue
			}
			if s >= len(d.Without[c]) || d.Without[c][s] == nil {
				return 0, fmt.Sprintf("the run of %s with seed %d has no leave-one-out values of this metric", d.Configurations[c], d.Seeds[s])
			}
			cell := d.Without[c][s]
			if n == 0 {
				n = len(cell)
			}
			if len(cell) != n {
				return 0, "the runs were tested on different units"
			}
			for _, v := range cell {
				if math.IsNaN(v) || math.IsInf(v, 0) || d.Rate && (v < 0 || v > 1) {
					return 0, fmt.Sprintf("%s with seed %d: the metric is undefined without one of the units", d.Configurations[c], d.Seeds[s])
				}
			}
		}
	}
	if n < 2 {
		return 0, "a single unit says nothing of others"
	}
	return n, ""
}
