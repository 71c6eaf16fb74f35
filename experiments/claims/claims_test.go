package claims_test

import (
	"bytes"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/experiments/claims"
	"whorl/experiments/compare"
	"whorl/pipeline/spec/yamlwalk"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const good = `
eer: {sweep: tutorial, where: merge = abs, metric: evaluate.eer, statistic: median, within: [0.004, 0.014], percent: true, digits: 2}
auc_2: {pipeline: pipeline.yaml, metric: evaluate.roc_auc, within: [0.9, 1], data: ../SOCOFing, in: README.md, text: AUC 0.99}
better: {compare: ["ablation:merge=abs", "ablation:merge=subtract"], metric: evaluate.eer, expect: no difference shown}
speed: {quote: 16.4 ms, source: a Zen 4}
`

func TestParse(t *testing.T) {
	list, err := claims.Parse("claims.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 4 {
		t.Fatalf("%d claims", len(list))
	}
	v := list[0].Value
	if v == nil || v.Sweep != "tutorial" || v.Where != "merge = abs" || v.Statistic != "median" || v.Within != [2]float64{0.004, 0.014} || !v.Percent || v.Digits != 2 {
		t.Errorf("%+v", v)
	}
	if c := list[1]; c.Value.Pipeline != "pipeline.yaml" || c.Value.Statistic != "mean" || c.Data != "../SOCOFing" || c.Text != "AUC 0.99" || c.At.Line != 3 {
		t.Errorf("%+v %+v", c, c.Value)
	}
	if d := list[2].Verdict; d == nil || d.Compare[1] != "ablation:merge=subtract" || d.Expect != compare.NoDifference {
		t.Errorf("%+v", d)
	}
	if q := list[3].Quote; q == nil || q.Text != "16.4 ms" || q.Source != "a Zen 4" {
		t.Errorf("%+v", q)
	}
}

// Every wrong file in testdata has its messages beside it.
func TestErrors(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		_, err := claims.Load(file)
		var wrong *yamlwalk.Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", file, err)
			continue
		}
		got := err.Error() + "\n"
		golden := strings.TrimSuffix(file, ".yaml") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := os.ReadFile(golden)
		if got != string(want) {
			t.Errorf("%s:\n%swant\n%s", file, got, want)
		}
	}
}

func TestStatistics(t *testing.T) {
	values := []float64{4, 1, 3, 9}
	for statistic, want := range map[string]float64{"mean": 4.25, "median": 3.5, "min": 1, "max": 9} {
		v := claims.Value{Metric: "a.b", Statistic: statistic, Digits: 3}
		if got, err := v.Of(values); got != want || err != nil {
			t.Errorf("%s: %v, %v", statistic, got, err)
		}
	}
	v := claims.Value{Metric: "a.b", Statistic: "mean"}
	if _, err := v.Of(nil); err == nil {
		t.Error("no values are no error")
	}
	if _, err := v.Of([]float64{1, math.NaN()}); err == nil {
		t.Error("NaN is no error")
	}
}

func TestCheck(t *testing.T) {
	v := claims.Value{Metric: "a.b", Statistic: "max", Within: [2]float64{0.01, 0.02}, Digits: 2, Percent: true}
	for _, c := range []struct {
		value float64
		want  claims.Status
	}{{0.01, claims.Holds}, {0.02, claims.Holds}, {0.0201, claims.Differs}, {0.0099, claims.Differs}} {
		if r := v.Check("x", []float64{c.value}); r.Status != c.want {
			t.Errorf("%v: %+v", c.value, r)
		}
	}
	if r := v.Check("x", []float64{0.0123}); r.Text != "1.2%" {
		t.Errorf("%+v", r)
	}
	d := claims.Verdict{Expect: compare.Better}
	for verdict, want := range map[compare.Verdict]claims.Status{compare.Better: claims.Holds, compare.Undecided: claims.Differs, compare.Worse: claims.Differs} {
		if r := d.Check("x", &compare.Comparison{Verdict: verdict}); r.Status != want {
			t.Errorf("%s: %+v", verdict, r)
		}
	}
}

func TestWrite(t *testing.T) {
	results := []claims.Result{{Claim: "eer_2", Status: claims.Holds, Text: "1.2%", Explain: "a|b"}, {Claim: "later", Status: claims.Unchecked}}
	for format, want := range map[claims.Format]string{
		claims.LaTeX:    "\\newcommand{\\claimEerTwo}{1.2\\%}\n",
		claims.Markdown: "| claim | figure | status | rests on |\n|---|---|---|---|\n| eer_2 | 1.2% | holds | a\\|b |\n| later |  | unchecked |  |\n",
		claims.JSON:     "{\n  \"eer_2\": \"1.2%\"\n}\n",
	} {
		var b bytes.Buffer
		if err := claims.Write(&b, format, results); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%s", format, err, &b)
		}
	}
}

// FuzzParse checks that every text gives claims of one form each, or an error
// with positions.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("a: {quote: 1}\nb: {compare: [x], expect: best}\nc: [1]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := claims.Parse("f", text)
		var wrong *yamlwalk.Error
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("%T: %v", err, err)
		}
		if wrong != nil {
			for _, p := range wrong.Problems {
				if p.Line < 1 || p.Column < 1 {
					t.Errorf("without a position: %v", p)
				}
			}
			return
		}
		for _, c := range list {
			forms := 0
			for _, set := range []bool{c.Value != nil, c.Verdict != nil, c.Quote != nil} {
				if set {
					forms++
				}
			}
			if forms != 1 || c.Name == "" || c.Value != nil && c.Value.Within[0] > c.Value.Within[1] {
				t.Errorf("%+v", c)
			}
		}
	})
}
