package reports

import (
	"strings"
	"testing"

	"whorl/pipeline/record"
)

// podiumOf ranks configurations by what their seeds came to in EER.
func podiumOf(values ...[]float64) *podium {
	var runs []*record.Run
	for i, of := range values {
		for seed, v := range of {
			runs = append(runs, &record.Run{
				State: record.Done, Seed: uint64(seed),
				Stages: []record.Stage{
					{Name: "train", Params: []record.Param{{Name: "width", Value: int64(i)}}},
					{Name: "evaluate", Metrics: record.Metrics{{Name: "eer", Value: v}}},
				},
			})
		}
	}
	return newPodium(groupsOf(newTrials(runs)), newMetric("evaluate", "eer", false))
}

func TestConclusion(t *testing.T) {
	p := podiumOf([]float64{0.010, 0.020, 0.015}, []float64{0.5, 0.51, 0.49}, []float64{0.02, 0.01, 0.03}, []float64{0.6})
	want := "width=0 comes first. Of the 3 others, 1 differs from it by more than chance, 1 may be as good, 1 could not be tested."
	if got := p.Conclusion(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestReplicateText(t *testing.T) {
	runs := ablation(2).runs
	again := *runs[0] // the same seed a second time
	runs = append(runs, &again)
	if got, want := replicateText(groupsOf(newTrials(runs))), "2 replicates of each"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := replicateText(groupsOf(newTrials(runs[:7]))), "1 to 2 replicates of each"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestVerdict(t *testing.T) {
	for want, values := range map[string][][]float64{
		"too few replicates to tell":  {{0.01}, {0.02}},
		"no spread to tell by":        {{0.01, 0.01}, {0.02, 0.02}},
		"the same in every replicate": {{0, 0}, {0, 0}},
		"p = 0.30: may be chance":     {{0.01, 0.02}, {0.04, 0.03}},
		"differs":                     {{0.010, 0.020}, {0.110, 0.121}},
	} {
		places := podiumOf(values...).Places
		if got := places[0].Verdict(); got != "" {
			t.Errorf("the first differs from itself: %q", got)
		}
		if got := places[1].Verdict(); !strings.HasSuffix(got, want) {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}
