package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"whorl/pipeline/record"
)

// ID returns the id under which a sweep is resumed: its name and a digest of
// what decides its trials, after what the call fixed, and of the pipeline.
// The latter is any text that is the same for pipelines with the same stages,
// parameters, code and inputs, so that all runs of a sweep can be compared. A sweep whose decisions are eager is another one. What is for
// people, and the spelling, do not count.
func (s *Sweep) ID(pipeline string, eager bool) string {
	sum := sha256.Sum256([]byte(s.identity(pipeline, eager)))
	return s.Name + "-" + hex.EncodeToString(sum[:6])
}

func (s *Sweep) identity(pipeline string, eager bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("whorl sweep 1")
	line("pipeline %x", sha256.Sum256([]byte(pipeline)))
	line("set %q", canonicalSettings(s.Set))
	line("baseline %q", canonicalSettings(s.Baseline))
	line("seeds %d of %v", s.Replicates.Min, s.Replicates.Seeds)
	eager = eager && (s.Search.Method == "tpe" || s.Prune != nil) // of no effect on the others
	line("search %s budget %d seed %d ahead %d eager %t", s.Search.Method, s.Search.Budget, s.Search.Seed, s.Search.Ahead, eager)
	for _, p := range s.Search.Space {
		line("param %s", p.Key)
		for _, c := range p.Categories {
			line("  category %s", canonical(c.Value))
		}
		if r := p.Range; r != nil {
			line("  range %v %v step %v log %t integer %t points %d", r.Min, r.Max, r.Step, r.Log, r.Integer, p.Points)
		}
		for _, c := range p.When {
			line("  when %q", canonicalSettings(c.Values))
		}
	}
	for _, c := range s.Search.List {
		line("configuration %q", canonicalSettings(c))
	}
	line("objective %s %s", s.Objective.Metric, s.Objective.Goal)
	if p := s.Prune; p != nil {
		line("prune %s %s %d %d %d", p.Method, p.Resource, p.Min, p.Max, p.Eta)
	}
	return b.String()
}

// Same reports whether a trial has the settings that were recorded of one, by
// key, as [TrialResult.Params] has them. Those must hold all that the trial
// sets; a number may be recorded as an integer or as a float.
func (t Trial) Same(recorded map[string]any) bool {
	return !slices.ContainsFunc(t.Settings, func(s Setting) bool {
		value, ok := recorded[s.Key]
		return !ok || canonical(record.Normal(value)) != canonical(s.Value)
	})
}
