package cli

import (
	"whorl/experiments/compare"
	"whorl/experiments/sweep"
)

// decide returns the configurations that need one more seed: those that are not
// yet told from the best.
func (s *sweeper) decide(results []sweep.ConfigurationResult) (numbers []int) {
	p, err := s.progress(results)
	if err != nil {
		s.decided = err
	}
	if p == nil || p.Done {
		return nil
	}
	in := s.compared(results)
	for _, c := range p.Open {
		numbers = append(numbers, in[c].Number)
	}
	return numbers
}

// compared returns the configurations that ran in full and have a value.
func (s *sweeper) compared(results []sweep.ConfigurationResult) (in []sweep.ConfigurationResult) {
	for _, c := range results {
		if s.def.Prune != nil && c.Resource < s.def.Prune.Max || s.group(c).Summarize(s.def.Compared.Metric, confidence).N == 0 {
			continue
		}
		in = append(in, c)
	}
	return in
}

// progress says where a sweep stands whose seeds are added until decided; nil
// for others, and where nothing is to be compared.
func (s *sweeper) progress(results []sweep.ConfigurationResult) (*compare.Progress, error) {
	in := s.compared(results)
	if !s.def.Replicates.UntilDecided() || len(in) < 2 {
		return nil, nil
	}
	groups := make([]compare.Group, len(in))
	for i, c := range in {
		groups[i] = s.group(c)
	}
	d, err := compare.DesignOf(groups, s.def.Compared.Metric, s.space.LeaveOneOut)
	if err != nil {
		return nil, err
	}
	// A row ends with the last seed that was tried: what failed before is
	// missing, and what follows is still to come.
	for i, c := range in {
		last, n := s.def.Replicates.Seeds[len(c.Trials)-1], 0
		for n < len(d.Seeds) && d.Seeds[n] <= last {
			n++
		}
		d.Value[i] = d.Value[i][:n]
	}
	q := compare.Sequential{
		Min: s.def.Replicates.Min, Max: len(s.def.Replicates.Seeds), Confidence: confidence,
		Goal: s.def.Compared.Goal, Target: compare.TestSet,
	}
	if d.Without != nil {
		q.Target = compare.Subjects
	}
	return q.Progress(d)
}
