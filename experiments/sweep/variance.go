package sweep

import (
	"fmt"
	"slices"
	"strconv"

	"whorl/pipeline/spec"
)

// A Source is a source of variance: a stage with a seed of its own, which is
// varied alone, or all of them together.
type Source struct {
	Key string // the parameter that is its seed, or [Seed] for all together
}

// Variance returns a sweep that measures how much of the spread of a metric each
// source of randomness brings: for each stage of the pipeline with a parameter
// "seed" that stands for the run's seed where it is 0, it runs the baseline with
// so many seeds of that stage alone, and so often with as many seeds of the run.
// The baseline is what the sweep says, or else its first configuration.
func (s *Sweep) Variance(p *spec.Pipeline, runs int) (*Sweep, []Source, error) {
	nodes, err := p.Nodes()
	if err != nil {
		return nil, nil, err
	}
	var sources []Source
	for _, n := range nodes {
		for _, param := range n.Params {
			if param.Name == Seed && n.Kind.Random {
				sources = append(sources, Source{n.Name + "." + Seed})
			}
		}
	}
	if len(sources) == 0 {
		return nil, nil, fmt.Errorf("sweep %s: no stage of the pipeline has a seed of its own", s.Name)
	}
	sources = append(sources, Source{Seed})
	v := &Sweep{
		Name: s.Name + "-variance", File: s.File, Text: s.Text, Pipeline: s.Pipeline,
		Question:   "How much of the spread does each source of randomness bring?",
		Replicates: Replicates{Min: 1}, Compared: s.Compared, outside: s.outside,
		Search: Search{Method: "list", Seed: 1, Ahead: s.Search.Ahead},
	}
	own := s.Baseline
	if trials := s.Trials(); own == nil && len(trials) > 0 {
		own = trials[0].Configuration.Settings
	}
	varied := func(x Setting) bool {
		return x.Key == Seed || slices.ContainsFunc(sources, func(y Source) bool { return y.Key == x.Key })
	}
	for _, x := range slices.Concat(s.Set, own) {
		v.Set = slices.DeleteFunc(v.Set, func(y Setting) bool { return y.Key == x.Key })
		if !varied(x) {
			v.Set = append(v.Set, x)
		}
	}
	for _, source := range sources {
		for seed := 1; seed <= runs; seed++ {
			v.Search.List = append(v.Search.List, only(source, sources, seed))
		}
	}
	return v, sources, nil
}

// only gives one source a seed. Seed 1 of each is the same run.
func only(source Source, sources []Source, seed int) []Setting {
	c := make([]Setting, len(sources))
	for i, s := range sources {
		value := 0 // the run's
		if s.Key == Seed {
			value = 1
		}
		if s == source && seed > 1 {
			value = seed
		}
		c[i] = Setting{Key: s.Key, Value: value, text: strconv.Itoa(value)}
	}
	return c
}
