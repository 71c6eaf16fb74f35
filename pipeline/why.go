package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"whorl/pipeline/store/tree"
)

// An Explanation says why a stage runs, or when it is cached, what changed
// when it last did.
type Explanation struct {
	Stage   string  `json:"stage"`
	Outlook Outlook `json:"status"`
	Against string  `json:"against,omitempty"` // the run that it is compared with

	// Reasons are the stage's own, then those of the stages before it whose
	// change reaches it, the nearest first.
	Reasons []Reason `json:"reasons"`
}

// String tells the explanation, a line for each reason.
func (x *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", x.Stage, x.Outlook)
	if x.Against != "" {
		fmt.Fprintf(&b, ", compared with run %s", x.Against)
	}
	b.WriteString("\n")
	for _, r := range Brief(x.Reasons) {
		lead := ""
		if r.Stage != x.Stage {
			lead = "because of " + r.Stage + ": "
		}
		fmt.Fprintf(&b, "  %s%s\n", lead, r)
	}
	if len(x.Reasons) == 0 {
		b.WriteString("  nothing changed\n")
	}
	return b.String()
}

// Why explains a stage against a run, or if that is empty against the newest
// run that tells something: for a stage that is cached, the newest in which it
// was another's result.
func (e *Engine) Why(ctx context.Context, p *Pipeline, stage, against string) (*Explanation, error) {
	v, err := e.survey(ctx, p, []string{stage})
	if err != nil {
		return nil, err
	}
	pr := v.prospects[slices.IndexFunc(v.nodes, func(n *node) bool { return n.name == stage })]
	x := &Explanation{Stage: stage, Outlook: pr.status.Outlook, Against: against, Reasons: []Reason{}}
	base := e.baselines(against)
	var run *Result
	if pr.status.Outlook == IsCached && against == "" {
		run, err = base.find(func(r *Result) bool {
			s := stageOf(r, stage)
			return s != nil && s.Key != "" && s.Key != pr.status.Key && v.has(s.Key)
		})
		if err != nil || run == nil {
			return x, err
		}
	} else if run, err = v.baseline(pr, base); err != nil {
		return nil, err
	}
	if run != nil {
		x.Against = run.ID
	}
	return x, v.chain(x, pr, run, base, map[*prospect]bool{})
}

// chain adds the reasons of a stage and of those before it that it is waiting
// for or whose output has changed.
func (v *survey) chain(x *Explanation, pr *prospect, run *Result, base *baselines, seen map[*prospect]bool) error {
	if seen[pr] {
		return nil
	}
	seen[pr] = true
	reasons, err := v.compareWith(pr, run, base)
	if err != nil {
		return err
	}
	x.Reasons = append(x.Reasons, reasons...)
	for _, r := range reasons {
		if r.What != "input" && r.What != "upstream" {
			continue
		}
		for _, w := range pr.n.inputs {
			if w.name == r.Name && w.from != nil {
				if err := v.chain(x, v.of[w.from], run, base, seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// reasons compares a stage that will or may run with the newest run that tells
// something of it.
func (v *survey) reasons(pr *prospect, base *baselines) ([]Reason, error) {
	run, err := v.baseline(pr, base)
	if err != nil {
		return nil, err
	}
	return v.compareWith(pr, run, base)
}

// baseline finds the newest run in which the stage came to a result whose
// manifest is still there, or nil.
func (v *survey) baseline(pr *prospect, base *baselines) (*Result, error) {
	return base.find(func(r *Result) bool {
		s := stageOf(r, pr.n.name)
		return s != nil && s.Key != "" && (s.Key == pr.status.Key || v.has(s.Key))
	})
}

func (v *survey) has(key string) bool {
	_, err := v.store.Manifest(key)
	return err == nil
}

func stageOf(r *Result, name string) *StageResult {
	for i := range r.Stages {
		if r.Stages[i].Name == name {
			return &r.Stages[i]
		}
	}
	return nil
}

// compareWith says in what a stage differs from what it was in a run.
func (v *survey) compareWith(pr *prospect, run *Result, base *baselines) ([]Reason, error) {
	name := pr.n.name
	var before *StageResult
	if run != nil {
		before = stageOf(run, name)
	}
	var upstream []Reason
	for _, w := range pr.pending() {
		upstream = append(upstream, Reason{Stage: name, What: "upstream", Name: w.name, From: w.ref})
	}
	if before == nil || before.Key == "" {
		return append([]Reason{{Stage: name, What: "new"}}, upstream...), nil
	}
	if before.Key == pr.status.Key {
		switch {
		case pr.status.Outlook == IsCached:
			return nil, nil
		case pr.problem != "":
			return []Reason{{Stage: name, What: "lost", Name: pr.problem}}, nil
		case before.Status == Broken:
			return []Reason{{Stage: name, What: "failed", Name: run.ID}}, nil
		case before.Status == Skipped:
			return []Reason{{Stage: name, What: "unfinished", Name: run.ID}}, nil
		}
		return []Reason{{Stage: name, What: "lost", Name: "its result is no longer in the store"}}, nil
	}
	m, err := v.store.Manifest(before.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return append([]Reason{{Stage: name, What: "lost", Name: "what its result was made from then is no longer in the store"}}, upstream...), nil
	}
	if err != nil {
		return nil, err
	}
	return append(v.diff(pr, m.Text), upstream...), nil
}

// diff compares what a stage depends on with an older key's text. Inputs that
// are not known yet are left out.
func (v *survey) diff(pr *prospect, old string) []Reason {
	d := differ{store: v.store, code: pr.code.Text, skip: map[string]bool{}, refs: map[string]string{}, trees: map[string]*tree.Tree{}}
	for _, w := range pr.pending() {
		d.skip["input "+w.name] = true
	}
	for i, w := range pr.n.inputs {
		d.refs[w.name], d.trees[w.name] = w.ref, pr.trees[i]
	}
	return d.texts(pr.n.name, old, pr.text)
}
