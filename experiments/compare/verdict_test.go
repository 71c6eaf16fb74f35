package compare

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/stage"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// example has round numbers: subtract is worse than abs, blur hardly so.
func example() *Design {
	d := &Design{
		Rate:           true,
		Configurations: []string{"train.merge=abs", "train.merge=subtract", "train.merge=blur"},
		Seeds:          []uint64{1, 2, 3, 4, 5},
		Value: [][]float64{
			{.020, .024, .018, .022, .021},
			{.061, .070, .055, .064, .060},
			{.022, .025, .021, .022, .020},
		},
	}
	for _, row := range d.Value {
		var cells [][]float64
		for s, v := range row {
			var cell []float64
			for i := range 12 {
				cell = append(cell, v+.002*math.Sin(float64(3*i+s)))
			}
			cells = append(cells, cell)
		}
		d.Without = append(d.Without, cells)
	}
	return d
}

// TestGoldenText keeps the sentences and the JSON of comparisons.
func TestGoldenText(t *testing.T) {
	a := analyze(t, example())
	var text strings.Builder
	add := func(title string, c Comparison) {
		j, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("# " + title + "\n" + c.String() + "\n" + string(j) + "\n\n")
	}
	add("a difference", a.Compare("evaluate.eer", 0, 1, stage.Minimize))
	add("the other way round", a.Compare("evaluate.eer", 1, 0, stage.Minimize))
	add("none shown", a.Compare("evaluate.eer", 2, 0, stage.Minimize))
	d := example()
	d.Without = nil
	add("without leave-one-out values", analyze(t, d).Compare("evaluate.eer", 0, 1, stage.Minimize))
	two := &Design{Rate: true, Configurations: d.Configurations[:2], Seeds: d.Seeds[:2], Value: [][]float64{d.Value[0][:2], d.Value[1][:2]}}
	add("two configurations with two seeds", analyze(t, two).Compare("evaluate.eer", 0, 1, stage.Minimize))
	two.Seeds, two.Value = d.Seeds[:1], [][]float64{d.Value[0][:1], d.Value[1][:1]}
	add("one seed", analyze(t, two).Compare("evaluate.eer", 0, 1, stage.Minimize))
	add("no goal", a.Compare("evaluate.eer", 0, 1, stage.NoGoal))
	golden(t, "comparisons.txt", text.String())
}

// TestFields: scripts rely on these names.
func TestFields(t *testing.T) {
	c := analyze(t, example()).Compare("evaluate.eer", 0, 1, stage.Minimize)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"metric", "a", "b", "difference", "low", "high", "p", "verdict", "seeds", "target"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("no field %q in %s", name, text)
		}
	}
	if fields["verdict"] != "better" || fields["target"] != "subjects" || fields["seeds"] != 5. {
		t.Errorf("%s", text)
	}
}

func TestRanking(t *testing.T) {
	d := example()
	d.Configurations = append(d.Configurations, "twin")
	d.Value = append(d.Value, d.Value[0])
	d.Without = append(d.Without, d.Without[0])
	a := analyze(t, d)
	places := a.Ranking("evaluate.eer", stage.Minimize)
	var got []int
	for _, p := range places {
		got = append(got, p.Configuration, p.Rank)
	}
	want := []int{0, 1, 3, 1, 2, 3, 1, 4}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("configurations and ranks %v, want %v", got, want)
		}
	}
	if !places[1].Tied || !places[2].Tied || places[3].Tied {
		t.Errorf("tied: %v %v %v", places[1].Tied, places[2].Tied, places[3].Tied)
	}
	if worst := a.Ranking("evaluate.eer", stage.Maximize)[0]; worst.Configuration != 1 {
		t.Errorf("the largest mean is that of %d", worst.Configuration)
	}
	effects, err := a.Effects([]Factor{{Param: "train.merge", Levels: []any{"abs", "subtract", "blur", "twin"}, Of: []int{0, 1, 2, 3}}}, stage.Minimize, Subjects)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(a.JSON("evaluate.eer", places, effects), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "sweep.json", string(text)+"\n")
}

// The numbers are those of G*Power 3.1 for a paired t-test, two-sided at 5%,
// power 80%: 34 pairs for an effect of 0.5 standard deviations of the
// difference, 10 for 1, 199 for 0.2.
func TestSeedsFor(t *testing.T) {
	for effect, want := range map[float64]int{.5: 34, 1: 10, .2: 199} {
		n, ok := SeedsFor(effect, math.Sqrt(.5), 2, 0, 0, .95, .8)
		if !ok || n != want {
			t.Errorf("effect %v: %d seeds, %v; want %d", effect, n, ok, want)
		}
	}
	if n, ok := SeedsFor(.1, 1, 2, 1, 11, .95, .8); ok {
		t.Errorf("%d seeds are said to outweigh the subjects", n)
	}
	if n, ok := SeedsFor(100, 1, 2, 0, 0, .95, .8); !ok || n != 3 {
		t.Errorf("a huge difference takes %d seeds, want 3", n)
	}
}

func TestComponents(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	sd := map[string]float64{"split": .03, "augmentation": .01, "initialisation": .02}
	var sources []Source
	for _, name := range []string{"split", "augmentation", "initialisation"} {
		s := Source{Name: name}
		for range 4 {
			base := rng.NormFloat64()
			var group []float64
			for range 200 {
				group = append(group, base+sd[name]*rng.NormFloat64())
			}
			s.Groups = append(s.Groups, group)
		}
		sources = append(sources, s)
	}
	got, err := Components(sources, .95)
	if err != nil {
		t.Fatal(err)
	}
	var share float64
	for _, c := range got {
		share += c.Share
		if c.DF != 4*199 || c.Runs != 800 || !(c.SDs.Low < sd[c.Name] && sd[c.Name] < c.SDs.High) {
			t.Errorf("%+v, the standard deviation is %v", c, sd[c.Name])
		}
	}
	near(t, "shares", share, 1)
	// Two runs: chi squared of one degree of freedom has the quantiles
	// 0.000982069 and 5.023886.
	two, err := Components([]Source{{"seed", [][]float64{{1, 3}}}}, .95)
	if err != nil {
		t.Fatal(err)
	}
	if c := two[0]; math.Abs(c.SDs.Low-math.Sqrt(2/5.023886)) > 1e-6 || math.Abs(c.SDs.High-math.Sqrt(2/.000982069)) > 1e-2 {
		t.Errorf("%+v", c)
	}
	if _, err := Components([]Source{{"seed", [][]float64{{1}, {3}}}}, .95); err == nil || !strings.Contains(err.Error(), "seed of seed alone") {
		t.Errorf("error %v", err)
	}
}
