package explain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// An Explanation says why a stage runs, or when it is cached, what changed
// when it last did.
type Explanation struct {
	Stage    string   `json:"stage"`
	Forecast Forecast `json:"status"`
	Against  string   `json:"against,omitempty"` // the run that it is compared with

	// Reasons are the stage's own, then those of the stages before it whose
	// change reaches it, the nearest first.
	Reasons []Reason `json:"reasons"`
}

// String returns the explanation, with a line for each reason.
func (x *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", x.Stage, x.Forecast)
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

// Why explains a stage by comparing it with a run. If against is empty, it is
// the run whose keys of the stage, and of the stages that it waits for, differ
// in the fewest lines; for a cached stage, only runs in which it had another
// key count.
func Why(ctx context.Context, s *store.Store, p *spec.Pipeline, stage, against string) (*Explanation, error) {
	v, err := newForecaster(ctx, s, p, []string{stage}, nil)
	if err != nil {
		return nil, err
	}
	f := v.stages[slices.IndexFunc(v.stages, func(f *forecast) bool { return f.n.Name == stage })]
	x := &Explanation{Stage: stage, Forecast: f.status.Forecast, Reasons: []Reason{}}
	run, err := v.baseline(f, against)
	if err != nil {
		return nil, err
	}
	if run == nil && f.status.Forecast == IsCached {
		return x, nil
	}
	if run != nil {
		x.Against = run.ID
	}
	return x, v.chain(x, f, run, map[*forecast]bool{})
}

// baseline returns the run that a stage is compared with, or nil.
func (v *forecaster) baseline(f *forecast, against string) (*record.Run, error) {
	if against != "" {
		return record.Read(v.store, against)
	}
	base, err := newBaselines(v.store)
	if err != nil {
		return nil, err
	}
	not := ""
	if f.status.Forecast == IsCached {
		not = f.status.Key
	}
	return base.nearest(v.waits(f), not), nil
}

// chain adds the reasons of a stage and of those before it that it is waiting
// for or whose output has changed.
func (v *forecaster) chain(x *Explanation, f *forecast, run *record.Run, seen map[*forecast]bool) error {
	if seen[f] {
		return nil
	}
	seen[f] = true
	reasons, err := v.compare(f, run)
	if err != nil {
		return err
	}
	x.Reasons = append(x.Reasons, reasons...)
	for _, r := range reasons {
		if r.What != "input" && r.What != "upstream" {
			continue
		}
		for _, in := range f.n.Inputs {
			if in.Name == r.Name && in.From != nil {
				if err := v.chain(x, v.of[in.From], run, seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// compare says in what a stage differs from what it was in a run, which may be
// nil.
func (v *forecaster) compare(f *forecast, run *record.Run) ([]Reason, error) {
	name := f.n.Name
	var before *record.Stage
	if run != nil {
		before = run.Stage(name)
	}
	var upstream []Reason
	for _, in := range f.pending() {
		upstream = append(upstream, Reason{Stage: name, What: "upstream", Name: in.Name, From: in.Ref})
	}
	if before == nil || before.Key == "" {
		return append([]Reason{{Stage: name, What: "new"}}, upstream...), nil
	}
	if before.Key == f.status.Key {
		switch {
		case f.status.Forecast == IsCached:
			return nil, nil
		case f.problem != "":
			return []Reason{{Stage: name, What: "lost", Name: f.problem}}, nil
		case before.Status == record.StageFailed:
			return []Reason{{Stage: name, What: "failed", Name: run.ID}}, nil
		case before.Status == record.Skipped:
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
	return append(v.diff(f, m.Text), upstream...), nil
}

// diff compares what a stage depends on with an older key's text. Inputs that
// are not known yet are left out.
func (v *forecaster) diff(f *forecast, old string) []Reason {
	d := differ{store: v.store, code: f.code.Text, skip: f.unknown(), refs: map[string]string{}, trees: map[string]*tree.Tree{}}
	for i, in := range f.n.Inputs {
		d.refs[in.Name], d.trees[in.Name] = in.Ref, f.trees[i]
	}
	return d.texts(f.n.Name, old, f.text)
}
