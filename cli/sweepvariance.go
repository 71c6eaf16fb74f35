package cli

import (
	"fmt"
	"math"

	"whorl/cli/progress"
	"whorl/experiments/compare"
	"whorl/experiments/sweep"
	"whorl/pipeline/record"
)

// varianceJSON says how much of the spread of a metric each source brings.
type varianceJSON struct {
	Metric  string       `json:"metric"`
	Sources []sourceJSON `json:"sources"` // each varied alone
	All     sourceJSON   `json:"all"`     // varied together, as replicates are
	Needed  []neededJSON `json:"needed"`  // seeds of each of two configurations
}

type sourceJSON struct {
	Source string   `json:"source"` // the parameter that is its seed
	Runs   int      `json:"runs"`
	SD     float64  `json:"sd"`
	Low    *float64 `json:"low"` // of the 95% interval of SD
	High   *float64 `json:"high"`
	Share  float64  `json:"share"` // of the sum of the sources' variances
}

// neededJSON says how many seeds show a difference with a power of 80%.
type neededJSON struct {
	Difference float64 `json:"difference"`
	Seeds      int     `json:"seeds"` // 0: more than 1000
}

// components analyses the trials of a sweep --variance.
func (f *findings) components(s *sweeper, configurations []sweep.ConfigurationResult) error {
	metric := s.def.Compared.Metric
	sources := make([]compare.Source, len(s.sources))
	for i, source := range s.sources {
		sources[i] = compare.Source{Name: source.Key, Groups: [][]float64{nil}}
	}
	for i, c := range configurations {
		source := &sources[i/s.flags.variance]
		for _, t := range c.Trials {
			if x := t.Metrics[metric]; t.State == record.Done && x != nil {
				source.Groups[0] = append(source.Groups[0], *x)
			}
		}
	}
	last := len(sources) - 1
	alone, err := compare.Components(sources[:last], confidence)
	if err != nil {
		return err
	}
	all, err := compare.Components(sources[last:], confidence)
	if err != nil {
		return err
	}
	f.Variance = &varianceJSON{Metric: metric, Needed: []neededJSON{}}
	for _, c := range alone {
		f.Variance.Sources = append(f.Variance.Sources, sourceOf(c))
	}
	f.Variance.All = sourceOf(all[0])
	for _, times := range []float64{0.5, 1, 2} {
		if sd := all[0].SD; sd > 0 {
			n, _ := compare.SeedsFor(times*sd, sd, 2, 0, math.Inf(1), confidence, 0.8)
			f.Variance.Needed = append(f.Variance.Needed, neededJSON{times * sd, n})
		}
	}
	return nil
}

func sourceOf(c compare.Component) sourceJSON {
	return sourceJSON{c.Name, c.Runs, c.SD, finite(c.SDs.Low), finite(c.SDs.High), c.Share}
}

// lines are the tables for a person.
func (v *varianceJSON) lines() []string {
	var rows [][]string
	for _, s := range v.Sources {
		rows = append(rows, []string{s.Source, fmt.Sprint(s.Runs), figure(s.SD), interval(s.Low, s.High), fmt.Sprintf("%.0f%%", 100*s.Share)})
	}
	a := v.All
	rows = append(rows, []string{"all together", fmt.Sprint(a.Runs), figure(a.SD), interval(a.Low, a.High), "-"})
	lines := append([]string{"Standard deviation of " + v.Metric + ", each seed varied alone:"},
		progress.Table([]string{"SEED", "RUNS", "SD", "95% INTERVAL", "SHARE OF VARIANCE"}, rows)...)
	if len(v.Needed) == 0 {
		return append(lines, "", "All runs have the same value.")
	}
	lines = append(lines, "")
	for _, n := range v.Needed {
		seeds := plural(n.Seeds, "seed")
		if n.Seeds == 0 {
			seeds = "more than 1000 seeds"
		}
		lines = append(lines, fmt.Sprintf("To show a difference of %s between two configurations in 4 of 5 cases takes %s of each.", figure(n.Difference), seeds))
	}
	return append(lines, "This holds on this test set: other subjects vary besides.")
}
