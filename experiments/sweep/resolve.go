package sweep

import (
	"fmt"
	"slices"

	"whorl/pipeline/spec"
	"whorl/pipeline/spec/yamlwalk"
)

// Resolve takes from the pipeline, as it is without what the sweep sets, what
// the file leaves open:
//
//   - Conditions on parameters that the sweep neither sets nor varies. Where
//     one does not hold, its parameter is not varied. Before Resolve they hold.
//   - Whether a range whose ends are written as integers is one of numbers,
//     because the parameter is.
//   - The objective, if the file has none: the only metric that a kind declares
//     as its primary one.
//
// It also says by which metric configurations are compared: [Sweep.Compared].
//
// It returns a [*yamlwalk.Error] if the search needs an objective and there is
// none, if the seed is varied and no stage uses it, or if the resource of prune is a parameter that the stage's checkpoints
// depend on, so that a promoted trial would begin anew.
func (s *Sweep) Resolve(p *spec.Pipeline) error {
	nodes, err := p.Nodes()
	if err != nil {
		return err
	}
	params := map[string]spec.Param{}
	var problems yamlwalk.Problems
	var primary []Objective
	for _, n := range nodes {
		for _, param := range n.Params {
			params[n.Name+"."+param.Name] = param
			if r := s.Prune; r != nil && r.Resource == n.Name+"."+param.Name && !param.Progress && !n.IsCommand() {
				problems.Add(r.at, "prune: %s does not say how far a stage goes: a promoted trial would begin anew", r.Resource)
			}
		}
		for _, m := range n.Metrics {
			if m.Primary && m.Goal != "" {
				primary = append(primary, Objective{n.Name + "." + m.Name, m.Goal})
			}
		}
	}
	s.outside = func(key string) (any, bool) {
		param, ok := params[key]
		return param.Value, ok
	}
	if s.Objective.Metric == "" && len(primary) == 1 {
		s.Objective = primary[0]
	}
	if s.Compared = s.Objective; s.Compared.Metric == "" && len(primary) > 0 {
		s.Compared = primary[len(primary)-1]
	}
	uses, err := p.UsesSeed()
	if err != nil {
		return err
	}
	start := yamlwalk.Position{File: s.File, Line: 1, Column: 1}
	if len(s.Replicates.Seeds) > 1 && !uses {
		problems.Add(start, "the seed is varied, but no stage of the pipeline uses it: all replicates would be the same run; take the replicates away, or use a stage that declares a seed")
	}
	if s.Replicates.UntilDecided() && s.Compared.Metric == "" {
		problems.Add(start, "replicates until decided need a metric to decide by: %v", errNoObjective)
	}
	if s.NeedsObjective() {
		problems.Add(start, "%v%s", errNoObjective, among(primary))
	}
	return problems.Err()
}

func among(primary []Objective) string {
	var names []string
	for _, o := range primary {
		names = append(names, o.Metric)
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf(" (several stages have a primary metric: %v)", names)
}
