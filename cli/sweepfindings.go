package cli

import (
	"errors"
	"slices"

	"whorl/experiments/compare"
	"whorl/experiments/sweep"
	"whorl/pipeline/record"
)

// findings are what a sweep came to, as "sweep --json" prints them.
type findings struct {
	*sweep.Result
	Question string `json:"question,omitempty"`
	Recorded int    `json:"recorded"` // trials of earlier starts
	compare.SweepJSON
	Configurations []placeJSON        `json:"configurations"` // the best first
	Importances    map[string]float64 `json:"importances,omitempty"`
	Seeds          *seedsJSON         `json:"seeds,omitempty"`    // if they were added until decided
	Variance       *varianceJSON      `json:"variance,omitempty"` // of a sweep --variance

	figures  []string // metrics that the table shows where there is none to compare by
	def      *sweep.Sweep
	analysis *compare.Analysis // nil if there is nothing to compare
	places   []compare.Place
	keys     []string // that tell configurations apart
}

// placeJSON is the place of a configuration.
type placeJSON struct {
	Configuration int             `json:"configuration"`
	Name          string          `json:"name"`
	Baseline      bool            `json:"baseline,omitempty"`
	Params        map[string]any  `json:"params"`         // that tell it from the others
	Rung          int             `json:"rung,omitempty"` // value of the resource
	Seeds         int             `json:"seeds"`          // trials with a value
	Failed        int             `json:"failed,omitempty"`
	Rank          int             `json:"rank,omitempty"` // 0: not compared, since it failed or was pruned
	Mean          *float64        `json:"mean"`
	Low           *float64        `json:"low"` // of the 95% interval of the mean over seeds
	High          *float64        `json:"high"`
	Verdict       compare.Verdict `json:"verdict,omitempty"` // beside the best

	means []float64 // of the figures
}

// seedsJSON says what adding seeds until decided has cost.
type seedsJSON struct {
	Spent int `json:"spent"` // trials
	Saved int `json:"saved"` // that the most seeds of every configuration would have needed besides
}

// confidence is that of all intervals and verdicts.
const confidence = 0.95

// findings analyses the trials. With an error it has what could be said.
func (s *sweeper) findings(result *sweep.Result) (*findings, error) {
	f := &findings{
		Result: result, Question: s.def.Question, Recorded: s.watch.recorded,
		Configurations: []placeJSON{}, SweepJSON: compare.SweepJSON{Effects: []compare.EffectJSON{}},
		def: s.def, keys: s.searched(),
	}
	configurations := s.def.Configurations(result)
	if s.sources != nil {
		return f, f.components(s, configurations)
	}
	f.Importances = s.def.Importances(configurations)
	groups := make([]compare.Group, len(configurations))
	for i, c := range configurations {
		groups[i] = s.group(c)
		f.choose(groups[i])
		f.Configurations = append(f.Configurations, s.place(c, groups[i]))
	}
	for i, g := range groups {
		for _, metric := range f.figures {
			f.Configurations[i].means = append(f.Configurations[i].means, g.Summarize(metric, confidence).Mean)
		}
	}
	err := f.compare(s, groups)
	if p, e := s.progress(configurations); p != nil && p.Look > 0 {
		f.Seeds = &seedsJSON{Spent: len(result.Trials), Saved: len(s.def.Replicates.Seeds)*len(configurations) - len(result.Trials)}
	} else if e != nil {
		err = errors.Join(err, e)
	}
	slices.SortStableFunc(f.Configurations, func(a, b placeJSON) int {
		if a.Rank == 0 || b.Rank == 0 {
			return b.Rank - a.Rank
		}
		return a.Rank - b.Rank
	})
	return f, err
}

// choose takes the figures of the first run that has any, if there is no metric
// to compare by.
func (f *findings) choose(g compare.Group) {
	for _, r := range g.Runs {
		if f.def.Compared.Metric == "" && len(f.figures) == 0 && r.State == record.Done {
			f.figures = figuresOf(r).names()
		}
	}
}

// group returns the replicates of a configuration on its highest rung.
func (s *sweeper) group(c sweep.ConfigurationResult) compare.Group {
	var g compare.Group
	for _, key := range s.searched() {
		var value any
		if len(c.Trials) > 0 {
			value = c.Trials[0].Params[key]
		}
		g.Settings = append(g.Settings, compare.Setting{Key: key, Value: value})
	}
	for _, t := range c.Trials {
		if r := s.runs.of(t); r != nil {
			g.Runs = append(g.Runs, r)
		}
	}
	return g
}

func (s *sweeper) place(c sweep.ConfigurationResult, g compare.Group) placeJSON {
	p := placeJSON{Configuration: c.Number, Name: g.Name(), Baseline: c.Baseline, Params: map[string]any{}, Rung: c.Resource}
	for _, x := range g.Settings {
		p.Params[x.Key] = x.Value
	}
	for _, t := range c.Trials {
		if t.State != record.Done {
			p.Failed++
		}
	}
	if s.def.Compared.Metric == "" {
		return p
	}
	sum := g.Summarize(s.def.Compared.Metric, confidence)
	p.Seeds = sum.N
	p.Mean, p.Low, p.High = finite(sum.Mean), finite(sum.Interval.Low), finite(sum.Interval.High)
	return p
}

// compare ranks the configurations that ran in full and have a value.
func (f *findings) compare(s *sweeper, all []compare.Group) error {
	var groups []compare.Group
	var places []*placeJSON
	baseline := map[string]any{}
	for i := range all {
		p := &f.Configurations[i]
		if p.Seeds == 0 || s.def.Prune != nil && p.Rung < s.def.Prune.Max {
			continue
		}
		groups = append(groups, all[i])
		places = append(places, p)
		if p.Baseline {
			baseline = p.Params
		}
	}
	metric, goal := s.def.Compared.Metric, s.def.Compared.Goal
	if len(groups) == 1 {
		p := places[0]
		p.Rank = 1
		f.Best = &compare.BestJSON{Configuration: p.Name, Metric: metric, Mean: *p.Mean, Seeds: p.Seeds, Ties: []string{}}
	}
	if len(groups) < 2 {
		return nil
	}
	d, err := compare.DesignOf(groups, metric, s.space.LeaveOneOut)
	if err != nil {
		return err
	}
	if f.analysis, err = compare.Analyze(d, confidence); err != nil {
		return err
	}
	f.places = f.analysis.Ranking(metric, goal)
	for i, place := range f.places {
		p := places[place.Configuration]
		p.Rank, p.Mean = place.Rank, finite(place.Mean)
		if d.Rate && p.Low != nil { // no rate lies beyond 0 and 1
			*p.Low, *p.High = max(0, *p.Low), min(1, *p.High)
		}
		if i > 0 {
			p.Verdict = place.Behind.Verdict
		}
	}
	effects, err := f.analysis.Effects(compare.FactorsOf(groups, baseline), goal, f.target())
	f.SweepJSON = f.analysis.JSON(metric, f.places, effects)
	return err
}

// target is what effects and added seeds are about: other subjects where the
// runs say enough, else the test set.
func (f *findings) target() compare.Target {
	if f.analysis.NoSubjects == "" {
		return compare.Subjects
	}
	return compare.TestSet
}
