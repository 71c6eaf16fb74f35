package explain

import (
	"context"
	"fmt"

	"whorl/pipeline/spec"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// A Forecast is what would happen to a stage if the pipeline ran now.
type Forecast string

// The forecasts of a stage.
const (
	WillRun  Forecast = "run"
	IsCached Forecast = "cached"
	MayRun   Forecast = "maybe" // a stage before it will run, and may yield the bytes that are known
)

// A forecaster has the forecasts of all stages that a caller asks about.
type forecaster struct {
	store  *store.Store
	stages []*forecast // in the order in which data flows
	of     map[*spec.Node]*forecast
	own    map[string]bool // key texts without inputs of all that is kept; nil until needed
}

// A forecast is that of one stage, with what its key is made of.
type forecast struct {
	n       *spec.Node
	code    *spec.Identity
	ids     []string     // of the inputs' contents; empty where it is not known
	trees   []*tree.Tree // of inputs that are paths
	text    string       // of the key, without the inputs that are not known
	lines   []spec.Line  // of text
	problem string       // why what is kept under the key cannot be used
	outputs []store.Artifact
	status  StageStatus
}

func newForecaster(ctx context.Context, s *store.Store, p *spec.Pipeline, targets []string) (*forecaster, error) {
	nodes, err := p.Nodes(targets...)
	if err != nil {
		return nil, err
	}
	if err := p.CheckSources(s.Dir(), targets...); err != nil {
		return nil, err
	}
	v := &forecaster{store: s, of: make(map[*spec.Node]*forecast, len(nodes))}
	scanner := tree.NewScanner(s.Memo())
	for _, n := range nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := v.forecast(ctx, n, scanner)
		if err != nil {
			return nil, fmt.Errorf("stage %q: %w", n.Name, err)
		}
		v.of[n] = f
		v.stages = append(v.stages, f)
	}
	return v, nil
}

// forecast looks a stage up, after those that it depends on.
func (v *forecaster) forecast(ctx context.Context, n *spec.Node, scanner *tree.Scanner) (*forecast, error) {
	f := &forecast{n: n, ids: make([]string, len(n.Inputs)), trees: make([]*tree.Tree, len(n.Inputs))}
	f.status = StageStatus{Name: n.Name, Kind: n.Kind.Name}
	known := true
	for i, in := range n.Inputs {
		if in.From != nil {
			f.ids[i] = v.of[in.From].content(in.Output)
			known = known && f.ids[i] != ""
			continue
		}
		t, err := scanner.Scan(ctx, in.Path)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", in.Name, err)
		}
		f.trees[i], f.ids[i] = t, t.ID()
	}
	var err error
	if f.code, err = n.Code(ctx); err != nil {
		return nil, err
	}
	f.text = n.KeyText(f.code, f.ids)
	if !known {
		f.status.Forecast = MayRun
		if kept, err := v.kept(n.OwnText(f.code)); err != nil || !kept {
			f.status.Forecast = WillRun // whatever its inputs turn out to be
			return f, err
		}
		return f, nil
	}
	f.status.Key = store.KeyOf(f.text)
	m, problem, err := v.store.Lookup(f.status.Key)
	if err != nil {
		return nil, err
	}
	f.problem, f.status.Forecast = problem, WillRun
	if m != nil {
		f.status.Forecast, f.outputs = IsCached, m.Outputs
	}
	return f, nil
}

// content identifies the content of an output of a cached stage; it is empty if
// that is not known.
func (f *forecast) content(output string) string {
	for _, a := range f.outputs {
		if a.Name == output {
			return a.ID()
		}
	}
	return ""
}

// kept reports whether the store has a result that was made by the same code
// with the same parameters, from whatever inputs.
func (v *forecaster) kept(own string) (bool, error) {
	if v.own == nil {
		v.own = map[string]bool{}
		err := v.store.Manifests(func(m *store.Manifest) error {
			v.own[spec.WithoutInputs(m.Text)] = true
			return nil
		}, nil)
		if err != nil {
			return false, err
		}
	}
	return v.own[own], nil
}

// pending lists the inputs that are not known yet.
func (f *forecast) pending() []*spec.Input {
	var ins []*spec.Input
	for i, in := range f.n.Inputs {
		if f.ids[i] == "" {
			ins = append(ins, in)
		}
	}
	return ins
}

// waits returns the stage and those that it directly or indirectly waits for.
func (v *forecaster) waits(f *forecast) []*forecast {
	all, seen := []*forecast{f}, map[*forecast]bool{f: true}
	for i := 0; i < len(all); i++ {
		for _, in := range all[i].pending() {
			if up := v.of[in.From]; !seen[up] {
				seen[up] = true
				all = append(all, up)
			}
		}
	}
	return all
}

// differing counts the lines in which the key differs from another. Inputs that
// are not known yet are left out.
func (f *forecast) differing(old []spec.Line) int {
	if f.lines == nil {
		f.lines = spec.ReadKeyText(f.text)
	}
	skip := f.unknown()
	n := 0
	for _, d := range diffLines(old, f.lines) {
		if !skip[d.name] {
			n++
		}
	}
	return n
}

// unknown names the lines of the key that are not known yet.
func (f *forecast) unknown() map[string]bool {
	names := map[string]bool{}
	for _, in := range f.pending() {
		names["input "+in.Name] = true
	}
	return names
}
