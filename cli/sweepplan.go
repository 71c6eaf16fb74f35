package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"whorl/experiments/track"
	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
)

// dryRunJSON is what "sweep --dry-run --json" prints.
type dryRunJSON struct {
	Summary planJSON       `json:"summary"`
	Trials  []dryTrialJSON `json:"trials"`
}

// planJSON counts the stages of all trials. One that several trials have in
// common is computed once.
type planJSON struct {
	Trials  int  `json:"trials"`
	Exact   bool `json:"exact"`   // false: the search may add trials
	Stages  int  `json:"stages"`  // of all trials
	Cached  int  `json:"cached"`  // found in the store
	Shared  int  `json:"shared"`  // computed by an earlier trial
	Compute int  `json:"compute"` // to be computed, at most
	// Seconds is what the computed stages took when they were last executed;
	// Unknown counts those that never were.
	Seconds float64 `json:"seconds"`
	Unknown int     `json:"unknown"`
}

type dryTrialJSON struct {
	Params map[string]any        `json:"params"` // those that the sweep sets
	Stages []explain.StageStatus `json:"stages"`
}

// dryRun says what the sweep would compute: a summary, then each trial.
func (s *sweeper) dryRun(ctx context.Context) error {
	took, err := lastSeconds(ctx, s.flags.dir)
	if err != nil {
		return err
	}
	j := dryRunJSON{Trials: []dryTrialJSON{}}
	_, j.Summary.Exact = s.def.Planned()
	seen := map[string]bool{}
	for _, t := range s.def.Trials() {
		p, err := s.parse(t.Set())
		if err != nil {
			return err
		}
		stages, err := s.flags.outlook(ctx, p, nil, s.flags.force)
		if err != nil {
			return err
		}
		if err := j.Summary.add(p, stages, seen, took); err != nil {
			return err
		}
		params := map[string]any{}
		for _, setting := range t.Settings {
			params[setting.Key] = setting.Value
		}
		j.Trials = append(j.Trials, dryTrialJSON{params, stages})
	}
	if s.flags.json {
		return writeJSON(s.env.Stdout, j)
	}
	if _, err := fmt.Fprintln(s.env.Stdout, j.Summary); err != nil {
		return err
	}
	for i, t := range s.def.Trials() {
		if _, err := fmt.Fprintf(s.env.Stdout, "\n[%d/%d] %s\n", t.Number, s.trials, s.describe(t)); err != nil {
			return err
		}
		if err := printStatus(s.env.Stdout, j.Trials[i].Stages); err != nil {
			return err
		}
	}
	return nil
}

// String says it in a line.
func (p planJSON) String() string {
	text := fmt.Sprintf("%d trials, %d stages: %d to compute, %d shared with an earlier trial, %d cached",
		p.Trials, p.Stages, p.Compute, p.Shared, p.Cached)
	if !p.Exact {
		text = "at least " + text
	}
	known := p.Compute - p.Unknown
	switch {
	case p.Compute == 0:
	case known == 0:
		text += "; time unknown, since none of them was executed before"
	case p.Unknown > 0:
		text += fmt.Sprintf("; about %s for %d of them, the others were not executed before", seconds(p.Seconds), known)
	default:
		text += fmt.Sprintf("; about %s one after another", seconds(p.Seconds))
	}
	return text
}

// add counts the stages of a trial.
func (p *planJSON) add(pipe *spec.Pipeline, stages []explain.StageStatus, seen map[string]bool, took map[string]float64) error {
	nodes, err := pipe.Nodes()
	if err != nil {
		return err
	}
	ids := identities(nodes)
	p.Trials++
	for _, st := range stages {
		p.Stages++
		id := ids[st.Name]
		switch {
		case st.Forecast == explain.IsCached:
			p.Cached++
		case seen[id]:
			p.Shared++
		default:
			seen[id] = true
			p.Compute++
			if s, ok := took[st.Name]; ok {
				p.Seconds += s
			} else {
				p.Unknown++
			}
		}
	}
	return nil
}

// identities gives each stage a digest of all that the pipeline says of it and
// of the stages that it depends on. Stages with equal digests are the same work,
// whose key may not be known yet.
func identities(nodes []*spec.Node) map[string]string {
	ids := map[string]string{}
	var of func(n *spec.Node) string
	of = func(n *spec.Node) string {
		if id, ok := ids[n.Name]; ok {
			return id
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%q %q %d\n", n.Name, n.Kind.Name, n.Seed)
		for _, p := range n.Params {
			fmt.Fprintf(&b, "param %q %s\n", p.Name, p.Text)
		}
		for _, in := range n.Inputs {
			if in.From != nil {
				fmt.Fprintf(&b, "input %q %q %s\n", in.Name, in.Output, of(in.From))
			} else {
				fmt.Fprintf(&b, "input %q %q\n", in.Name, in.Path)
			}
		}
		sum := sha256.Sum256([]byte(b.String()))
		ids[n.Name] = hex.EncodeToString(sum[:])
		return ids[n.Name]
	}
	for _, n := range nodes {
		of(n)
	}
	return ids
}

// lastSeconds returns how long each stage took when it was last executed.
func lastSeconds(ctx context.Context, artifacts string) (map[string]float64, error) {
	runs, err := listRuns(ctx, artifacts, track.Filter{Newest: 100})
	if err != nil {
		return nil, err
	}
	took := map[string]float64{}
	for i := range runs { // oldest first
		for _, st := range runs[i].Stages {
			if st.Status == "ran" {
				took[st.Name] = st.Seconds
			}
		}
	}
	return took, nil
}
