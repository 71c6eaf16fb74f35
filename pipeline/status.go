package pipeline

import (
	"context"
	"fmt"
	"slices"

	"whorl/pipeline/internal/code"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// An Outlook is what would become of a stage if the pipeline were run now.
type Outlook string

// The outlooks of a stage.
const (
	WillRun  Outlook = "run"
	IsCached Outlook = "cached"
	MayRun   Outlook = "maybe" // a stage before it will, and may yield the same bytes as ever
)

// A StageStatus is the outlook of a stage, and why.
type StageStatus struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Outlook Outlook  `json:"status"`
	Key     string   `json:"key,omitempty"` // if all inputs are known
	Reasons []Reason `json:"reasons,omitempty"`

	Inputs  []InputResult `json:"-"` // with an empty digest where it is not known
	Outputs []Output      `json:"-"` // of a cached stage
}

// Status says what a run of the targets would do. It executes nothing and
// writes nothing but the memo of source files.
func (e *Engine) Status(ctx context.Context, p *Pipeline, targets ...string) ([]StageStatus, error) {
	v, err := e.survey(ctx, p, targets)
	if err != nil {
		return nil, err
	}
	base := e.baselines("")
	statuses := make([]StageStatus, len(v.nodes))
	for i, pr := range v.prospects {
		statuses[i] = pr.status
		if pr.status.Outlook == IsCached {
			continue
		}
		if statuses[i].Reasons, err = v.reasons(pr, base); err != nil {
			return nil, err
		}
	}
	return statuses, nil
}

// A survey is the outlook of all stages, with what their keys are made of.
type survey struct {
	*Engine
	p         *Pipeline
	nodes     []*node
	prospects []*prospect
	of        map[*node]*prospect
	own       map[string]bool // key texts without inputs of all that is kept; nil until needed
}

// A prospect is one stage's part of a survey.
type prospect struct {
	n       *node
	code    *code.Identity
	trees   []*tree.Tree // of inputs that are paths
	text    string       // of the key; without the inputs that are not known
	problem string       // why what is kept under the key cannot be used
	status  StageStatus
}

// pending lists the inputs that are not known yet.
func (pr *prospect) pending() []*wire {
	var ws []*wire
	for i, w := range pr.n.inputs {
		if pr.status.Inputs[i].Digest == "" {
			ws = append(ws, w)
		}
	}
	return ws
}

func (e *Engine) survey(ctx context.Context, p *Pipeline, targets []string) (*survey, error) {
	nodes, err := p.closure(targets)
	if err != nil {
		return nil, err
	}
	if err := checkSources(nodes, e.store.Dir()); err != nil {
		return nil, err
	}
	v := &survey{Engine: e, p: p, nodes: nodes, of: make(map[*node]*prospect, len(nodes))}
	src := newSources(e.store.Memo())
	for _, n := range nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pr, err := v.look(ctx, n, src)
		if err != nil {
			return nil, fmt.Errorf("stage %q: %w", n.name, err)
		}
		v.of[n] = pr
		v.prospects = append(v.prospects, pr)
	}
	return v, nil
}

func (v *survey) look(ctx context.Context, n *node, src *sources) (*prospect, error) {
	pr := &prospect{n: n, trees: make([]*tree.Tree, len(n.inputs))}
	pr.status = StageStatus{Name: n.name, Kind: n.kind.Name, Inputs: make([]InputResult, len(n.inputs))}
	known := true
	for i, w := range n.inputs {
		in := &pr.status.Inputs[i]
		in.Name, in.Ref = w.name, w.ref
		if w.from != nil {
			up := &v.of[w.from].status
			in.Digest = outputOf(&StageResult{Outputs: up.Outputs}, w.output).Digest
			known = known && in.Digest != ""
			continue
		}
		t, err := src.scan(ctx, w.path)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", w.name, err)
		}
		pr.trees[i], in.Digest = t, t.Digest.String()
	}
	var err error
	if pr.code, err = v.p.identify(n); err != nil {
		return nil, err
	}
	pr.text = n.keyText(pr.code, v.p.Seed, slices.DeleteFunc(slices.Clone(pr.status.Inputs), func(in InputResult) bool { return in.Digest == "" }))
	if !known {
		pr.status.Outlook = MayRun
		if kept, err := v.kept(n.ownText(pr.code, v.p.Seed)); err != nil || !kept {
			pr.status.Outlook = WillRun // whatever its inputs turn out to be
			return pr, err
		}
		return pr, nil
	}
	pr.status.Key = store.KeyOf(pr.text)
	m, problem, err := v.store.Lookup(pr.status.Key)
	if err != nil {
		return nil, err
	}
	pr.problem, pr.status.Outlook = problem, WillRun
	if m != nil {
		pr.status.Outlook, pr.status.Outputs = IsCached, n.outputs(m.Outputs)
	}
	return pr, nil
}

// kept reports whether anything is kept that was made by the same code with
// the same parameters, from whatever inputs.
func (v *survey) kept(own string) (bool, error) {
	if v.own == nil {
		v.own = map[string]bool{}
		err := v.store.Manifests(func(m *store.Manifest) error {
			v.own[withoutInputs(m.Text)] = true
			return nil
		}, nil)
		if err != nil {
			return false, err
		}
	}
	return v.own[own], nil
}
