package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"whorl/pipeline/spec"
)

// A Forecast is what would happen to the stages of a trial.
type Forecast struct {
	Pipeline *spec.Pipeline
	Stages   []StageForecast // of all its nodes, in their order
}

// A StageForecast is what would happen to a stage.
type StageForecast struct {
	Key    string // empty if an input is not known yet
	Cached bool
}

// Totals are what running trials would take.
type Totals struct {
	Compute []StageCount // in the order of the pipeline
	Cached  int          // different stages that are there already
	Stages  int          // of all trials, each counted
	Shared  int          // of those, computed for an earlier trial
	Seconds float64      // of computing one stage after another, as far as times are known
	Unknown []string     // stages without a recorded time
}

// A StageCount is how many different executions of a stage there are.
type StageCount struct {
	Stage string
	Count int
}

// Total adds up trials. A stage that several share counts once. Stages that
// wait for an input, and may yet be cached, count as computed. The function
// seconds returns how long a stage takes, by its name and what is recorded.
func Total(trials []Forecast, seconds func(stage string) (float64, bool)) (Totals, error) {
	var t Totals
	seen := map[string]bool{}
	for _, trial := range trials {
		nodes, err := trial.Pipeline.Nodes()
		if err != nil {
			return Totals{}, err
		}
		ids := make(map[*spec.Node]string, len(nodes))
		for i, n := range nodes {
			st := trial.Stages[i]
			if ids[n] = st.Key; st.Key == "" {
				ids[n] = provenance(n, ids)
			}
			t.Stages++
			switch known := seen[ids[n]]; {
			case known && !st.Cached:
				t.Shared++
			case !known && !st.Cached:
				t.add(n, seconds)
			case !known:
				t.Cached++
			}
			seen[ids[n]] = true
		}
	}
	return t, nil
}

// provenance tells executions of a stage apart whose keys are not known yet,
// since the stages before them have not run.
func provenance(n *spec.Node, ids map[*spec.Node]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s seed %d\n", n.Name, n.Kind.Name, n.Seed)
	for _, p := range n.Params {
		fmt.Fprintf(&b, "param %s %s\n", p.Name, p.Text)
	}
	for _, in := range n.Inputs {
		fmt.Fprintf(&b, "input %s %s %s %q\n", in.Name, in.Path, in.Output, ids[in.From])
	}
	return b.String()
}

func (t *Totals) add(n *spec.Node, seconds func(stage string) (float64, bool)) {
	i := slices.IndexFunc(t.Compute, func(c StageCount) bool { return c.Stage == n.Name })
	if i < 0 {
		i = len(t.Compute)
		t.Compute = append(t.Compute, StageCount{Stage: n.Name})
	}
	t.Compute[i].Count++
	if s, ok := seconds(n.Name); ok {
		t.Seconds += s
	} else if !slices.Contains(t.Unknown, n.Name) {
		t.Unknown = append(t.Unknown, n.Name)
	}
}

// String says the totals on one line, such as
// "computes 1 data, 6 augment, 18 train; 9 cached; about 2 min".
func (t Totals) String() string {
	if len(t.Compute) == 0 {
		return fmt.Sprintf("computes nothing; %d cached", t.Cached)
	}
	counts := make([]string, len(t.Compute))
	for i, c := range t.Compute {
		counts[i] = fmt.Sprintf("%d %s", c.Count, c.Stage)
	}
	text := fmt.Sprintf("computes %s; %d cached", strings.Join(counts, ", "), t.Cached)
	switch {
	case t.Seconds > 0 && len(t.Unknown) > 0:
		return fmt.Sprintf("%s; at least %s (no time is recorded for %s)", text, About(t.Seconds), strings.Join(t.Unknown, ", "))
	case t.Seconds > 0:
		return fmt.Sprintf("%s; about %s", text, About(t.Seconds))
	}
	return text + "; no times are recorded"
}

// About says a duration as exactly as an estimate is worth.
func About(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", math.Ceil(seconds))
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", math.Round(d.Minutes()))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
