package sweep

import (
	"slices"
	"strconv"

	"whorl/experiments/sweep/search"
	"whorl/experiments/sweep/space"
)

// A Configuration is what trials with different seeds have in common.
type Configuration struct {
	Number   int       // counted from 1
	Baseline bool      // the one that the others are compared with
	Settings []Setting // beyond Set: of the search, or of the baseline
}

// A Trial is one run of a configuration.
type Trial struct {
	Number        int // counted from 1
	Configuration Configuration
	Replicate     int       // counted from 1
	Rung          int       // counted from 0
	Resource      int       // of the rung; 0 if nothing is pruned
	Settings      []Setting // all: Set, the configuration, the resource, the seed

	job int // of the planner; 0 for the baseline
}

// Set returns the trial's settings as --set and [spec.Settings] take them.
func (t Trial) Set() []string {
	set := make([]string, len(t.Settings))
	for i, s := range t.Settings {
		set[i] = s.String()
	}
	return set
}

// Trials returns the trials that rest on no results, in order: all of them for
// grid, list, random and halton, with the least number of replicates and
// without pruning; of the others, those that are known when the sweep begins.
func (s *Sweep) Trials() []Trial {
	p := s.plan(false)
	var all []Trial
	for {
		trials, step := p.next()
		if step != search.Go {
			return all
		}
		all = append(all, trials...)
	}
}

// Planned returns how many trials the sweep has at least, and whether that is
// their number: pruning adds one for each promotion, and undecided comparisons
// add replicates.
func (s *Sweep) Planned() (n int, exact bool) {
	p := s.plan(false)
	configurations := s.Search.Budget
	switch m := p.planner.Method.(type) {
	case search.List:
		configurations = len(m)
	default: // a small space may have fewer points than the budget
		if all := p.plane.space.Points(configurations); all != nil {
			configurations = len(all)
		}
	}
	if p.extra {
		configurations++
	}
	return configurations * max(1, s.Replicates.Min), s.Prune == nil && !s.Replicates.UntilDecided()
}

// A plan turns the jobs of a planner into trials.
type plan struct {
	*Sweep
	plane    *plane
	planner  *search.Planner
	trials   int             // so far
	begun    []Configuration // by number, from 1
	baseline string          // canonical settings of the baseline; empty if there is none
	extra    bool            // the baseline is none of the search's configurations, and comes first
}

// plan returns a plan at its beginning.
func (s *Sweep) plan(eager bool) *plan {
	pl, err := s.plane()
	if err != nil {
		panic("sweep: a definition that was not checked: " + err.Error())
	}
	p := &plan{Sweep: s, plane: pl, planner: &search.Planner{Ahead: s.Search.Ahead, Eager: eager}}
	var list search.List
	switch c := s.Search; c.Method {
	case "random":
		list = search.Random(pl.space, c.Budget, c.Seed)
	case "halton":
		list = search.Halton(pl.space, c.Budget, c.Seed)
	case "tpe":
	default:
		list = pl.space.Points(maxTrials)
	}
	p.planner.Method = list
	if s.Search.Method == "tpe" {
		p.planner.Method = &search.TPE{Space: pl.space, Budget: s.Search.Budget, Seed: s.Search.Seed}
	}
	if s.Prune != nil {
		p.planner.Rungs = search.NewRungs(s.Prune.Min, s.Prune.Max, s.Prune.Eta)
	}
	if len(s.Baseline) > 0 {
		p.baseline = canonicalSettings(s.Baseline)
		p.extra = true
		for _, point := range list {
			if canonicalSettings(pl.settings(point)) == p.baseline {
				p.extra = false
			}
		}
	}
	return p
}

// resume makes the plan begin with configurations of an earlier start.
func (p *plan) resume(begun func(configuration int) (map[string]any, bool)) {
	var earlier search.List
	for n := 1; ; n++ {
		number := n
		if p.extra {
			number++
		}
		params, ok := begun(number)
		if !ok {
			break
		}
		point, ok := p.plane.point(params)
		if !ok {
			break
		}
		earlier = append(earlier, point)
	}
	p.planner.Method = resumed{p.planner.Method, earlier}
}

// A resumed method proposes earlier points before its own.
type resumed struct {
	search.Method
	earlier search.List
}

func (r resumed) Propose(seen []search.Observation) (space.Point, bool) {
	if p, ok := r.earlier.Propose(seen); ok {
		return p, true
	}
	return r.Method.Propose(seen)
}

func (r resumed) Adaptive(number int) bool {
	return number > len(r.earlier) && r.Method.Adaptive(number)
}

// next returns the trials of the next job, in order.
func (p *plan) next() ([]Trial, search.Step) {
	if p.extra && len(p.begun) == 0 {
		c := Configuration{Number: 1, Baseline: true, Settings: p.Baseline}
		p.begun = append(p.begun, c)
		t := Trial{Configuration: c}
		if p.Prune != nil {
			t.Resource = p.Prune.Max
		}
		return p.replicate(t), search.Go
	}
	job, step := p.planner.Next()
	if step != search.Go {
		return nil, step
	}
	number := job.Configuration
	if p.extra {
		number++
	}
	if number > len(p.begun) {
		settings := p.plane.settings(job.Point)
		p.begun = append(p.begun, Configuration{
			Number: number, Settings: settings,
			Baseline: p.baseline != "" && !p.extra && canonicalSettings(settings) == p.baseline,
		})
	}
	return p.replicate(Trial{Configuration: p.begun[number-1], Rung: job.Rung, Resource: job.Resource, job: job.Number}), step
}

// replicate returns the trial with each seed that every configuration gets.
func (p *plan) replicate(t Trial) []Trial {
	trials := make([]Trial, max(1, p.Replicates.Min))
	for i := range trials {
		trials[i] = p.trial(t, i)
	}
	return trials
}

// trial numbers a trial and gives it the seed with index i.
func (p *plan) trial(t Trial, i int) Trial {
	p.trials++
	t.Number, t.Replicate = p.trials, i+1
	own := slices.Clone(t.Configuration.Settings)
	if t.Resource > 0 {
		own = append(own, Setting{Key: p.Prune.Resource, Value: t.Resource, text: strconv.Itoa(t.Resource)})
	}
	if len(p.Replicates.Seeds) > 0 {
		seed := p.Replicates.Seeds[i]
		own = append(own, Setting{Key: Seed, Value: seedValue(seed), text: strconv.FormatUint(seed, 10)})
	}
	t.Settings = nil
	for _, x := range p.Set { // a configuration overrides what all have
		if !slices.ContainsFunc(own, func(y Setting) bool { return y.Key == x.Key }) {
			t.Settings = append(t.Settings, x)
		}
	}
	t.Settings = append(t.Settings, own...)
	return t
}

// seedValue returns a seed as YAML has it: an int if it fits.
func seedValue(seed uint64) any {
	if i := int(seed); i >= 0 {
		return i
	}
	return seed
}
