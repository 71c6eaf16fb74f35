package reports

import (
	"context"
	"strings"
	"testing"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// answerOf ranks configurations by what their seeds came to.
func answerOf(t *testing.T, goal stage.Goal, values ...[]float64) *answer {
	t.Helper()
	var runs []*record.Run
	for i, of := range values {
		for seed, v := range of {
			runs = append(runs, &record.Run{
				State: record.Done, Seed: uint64(seed),
				Stages: []record.Stage{
					{Name: "fit", Params: []record.Param{{Name: "width", Value: int64(i)}}},
					{
						Name: "score", Metrics: record.Metrics{{Name: "error", Step: stage.NoStep, Value: v}},
						About: []stage.MetricInfo{{Name: "error", Title: "Error", Unit: "%", Goal: goal, Primary: true}},
					},
				},
			})
		}
	}
	trials := newTrials(runs)
	m, ok := ranking(trials, allMetrics(trials), "")
	if !ok {
		return nil
	}
	a, err := newAnswer(groupsOf(trials), m, map[string]any{"fit.width": 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.rankGroups(groupsOf(trials))
	return a
}

// The first is the configuration of the best mean, which is what is tested: by
// the median the other would be.
func TestRankingByTheMean(t *testing.T) {
	a := answerOf(t, stage.Minimize, []float64{0.010, 0.011, 0.120}, []float64{0.020, 0.021, 0.022})
	if a.Best.Group.Name != "width=1" {
		t.Errorf("%s comes first", a.Best.Group.Name)
	}
	if a.Baseline != a.Best {
		t.Error("the baseline was not found")
	}
}

func TestTiesAreTies(t *testing.T) {
	a := answerOf(t, stage.Minimize, []float64{0.010, 0.020, 0.015}, []float64{0.50, 0.51, 0.49}, []float64{0.02, 0.01, 0.03})
	if got := a.Ties(); len(got) != 1 || got[0] != "width=2" {
		t.Errorf("ties: %q", got)
	}
	if got := a.Standing(a.Places[1]); !strings.HasPrefix(got, "tie: ") {
		t.Errorf("the second is called %q", got)
	}
	if got := a.Standing(a.Places[2]); !strings.HasPrefix(got, "worse, p ") {
		t.Errorf("the last is called %q", got)
	}
	text := strings.Join(a.Verdict, "\n")
	for _, want := range []string{"width=0", "width=1", "1 of 2 not shown to be worse"} {
		if !strings.Contains(text, want) {
			t.Errorf("the verdict %q lacks %q", text, want)
		}
	}
	if len(a.Effects) != 3 || a.Effects[0].Name != "fit.width: 1 → 0" { // effects start from the baseline
		t.Errorf("effects: %+v", a.Effects)
	}
}

func TestOneSeedGivesNoVerdict(t *testing.T) {
	a := answerOf(t, stage.Minimize, []float64{0.01}, []float64{0.02})
	if text := strings.Join(a.Verdict, "\n"); !strings.Contains(text, "No verdict") {
		t.Errorf("verdict: %q", text)
	}
}

// A metric without a goal ranks nothing.
func TestNoGoalNoRanking(t *testing.T) {
	if a := answerOf(t, stage.NoGoal, []float64{0.01, 0.02}, []float64{0.02, 0.03}); a != nil {
		t.Errorf("%s was ranked first", a.Best.Group.Name)
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

func TestInteractionsOfAFactorial(t *testing.T) {
	m := ablation(3)
	l := &loader{src: m, contents: map[string]content{}}
	trials := newTrials(m.runs)
	first, ok := ranking(trials, allMetrics(trials), "")
	if !ok || first.Key != "evaluate.eer" {
		t.Fatalf("ranked by %q", first.Key)
	}
	a, err := newAnswer(groupsOf(trials), first, nil, l.tables(context.Background()))
	if err != nil {
		t.Fatal(err)
	}
	if a.Heat == nil || !a.Heat.Cells[1][0].Shown || a.Family != 3 {
		t.Errorf("heat map %+v of a family of %d", a.Heat, a.Family)
	}
}
