package pipeline

import "whorl/pipeline/spec"

// Plans describes the stages that the targets need, or all stages if there are
// no targets, in the order in which data flows.
func Plans(p *spec.Pipeline, targets ...string) ([]Plan, error) {
	nodes, err := p.Nodes(targets...)
	return plans(nodes), err
}

func plans(nodes []*spec.Node) []Plan {
	ps := make([]Plan, len(nodes))
	for i, n := range nodes {
		ps[i] = Plan{Name: n.Name, Kind: n.Kind.Name}
		for _, v := range n.Params {
			ps[i].Params = append(ps[i].Params, Param{v.Name, v.Value})
		}
		for _, in := range n.Inputs {
			ps[i].Inputs = append(ps[i].Inputs, InputRef{in.Name, in.Ref})
		}
	}
	return ps
}
