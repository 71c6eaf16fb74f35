package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"whorl/pipeline"
)

// An Outlook is what would become of the stages of a trial.
type Outlook struct {
	Trial  Trial
	Stages []pipeline.StageStatus
}

// Totals are what running trials would take.
type Totals struct {
	Compute []StageCount // in the order of the pipeline; a stage that trials share counts once
	Cached  int          // different stages that are there already
	Seconds float64      // of computing, one after another, as far as times are known
	Unknown []string     // stages without a recorded time
}

// A StageCount is how many different executions of a stage there are.
type StageCount struct {
	Stage string
	Count int
}

// Total adds up trials. Stages that wait for an input, and may yet be cached,
// count as computed. The function seconds returns how long a kind of stage
// takes, by what is recorded; random reports whether the seed counts for it.
func Total(trials []Outlook, seconds func(kind string) (float64, bool), random func(kind string) bool) Totals {
	var t Totals
	seen := map[string]bool{}
	for _, o := range trials {
		own := map[string]string{} // by stage, what its result depends on
		for _, st := range o.Stages {
			own[st.Name] = depends(o.Trial, st, own, random(st.Kind))
			id := st.Key
			if id == "" {
				id = own[st.Name]
			}
			if seen[id] {
				continue
			}
			seen[id] = true
			if st.Outlook == pipeline.IsCached {
				t.Cached++
				continue
			}
			t.add(st.Name)
			if s, ok := seconds(st.Kind); ok {
				t.Seconds += s
			} else if !slices.Contains(t.Unknown, st.Name) {
				t.Unknown = append(t.Unknown, st.Name)
			}
		}
	}
	return t
}

func (t *Totals) add(stage string) {
	for i := range t.Compute {
		if t.Compute[i].Stage == stage {
			t.Compute[i].Count++
			return
		}
	}
	t.Compute = append(t.Compute, StageCount{stage, 1})
}

// depends tells executions of a stage apart whose keys are not known yet: by
// the settings of the trial for it and for the stages before it.
func depends(t Trial, st pipeline.StageStatus, before map[string]string, random bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s(", st.Name, st.Kind)
	for _, s := range t.Settings {
		if strings.HasPrefix(s.Key, st.Name+".") || random && s.Key == Seed {
			fmt.Fprintf(&b, "%s=%s ", s.Key, canonical(s.Value))
		}
	}
	for _, in := range st.Inputs {
		name, _, _ := strings.Cut(in.Ref, ".")
		fmt.Fprintf(&b, "%s<%s%s ", in.Name, in.Ref, before[name])
	}
	return b.String() + ")"
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
		return fmt.Sprintf("%s; at least %s (no time is recorded for %s)", text, about(t.Seconds), strings.Join(t.Unknown, ", "))
	case t.Seconds > 0:
		return fmt.Sprintf("%s; about %s", text, about(t.Seconds))
	}
	return text + "; no times are recorded"
}

// about rounds a duration to what an estimate is worth.
func about(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", math.Ceil(seconds))
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", math.Round(d.Minutes()))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
