package evaluate

import (
	"encoding/json"
	"math"
	"testing"

	"whorl/pipeline/stage/stagetest"
)

func readIntervals(t *testing.T, r *stagetest.Result) (out intervalsFile) {
	t.Helper()
	if err := json.Unmarshal(r.Bytes("intervals"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// intervalsFile is the form of the output, apart from the code under test.
type intervalsFile struct {
	Confidence float64
	Subjects   int
	Drawn      string
	Figures    map[string]struct {
		Value, Low, High float64
		Method           string
	}
}

// Of one person alone nothing could be drawn but that person: an interval of
// no width.
func TestIntervalsOfOnePerson(t *testing.T) {
	in := small.inputs(t)
	in["validation"] = writeArray(t, t.TempDir(), "validation", []int64{0, 1, 2, 3, 24, 25, 26, 27}, 8)
	r := runWith(t, table(plausible), nil, 1, in)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	got := readIntervals(t, r)
	if f := got.Figures["calibrated.fnmr"]; got.Subjects != 1 || got.Drawn != "probe" || f.Method != "bootstrap" || f.Low == f.High {
		t.Errorf("%+v", got)
	}
	// The classes are separated: no EER seen in 8 pairs of each.
	const z2 = 1.959963984540054 * 1.959963984540054
	if f := got.Figures["eer"]; f.Value != 0 || f.Low != 0 || math.Abs(f.High-z2/(8+z2)) > 1e-9 || f.Method != "wilson" {
		t.Errorf("EER: %+v", f)
	}
}

// Intervals hold their figure, which is the metric of that name.
func TestIntervals(t *testing.T) {
	p := Kind().Params.(Params)
	p.RankProbes = 20
	r := runWith(t, table(plausible), p, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	got := readIntervals(t, r)
	if got.Confidence != 0.95 || got.Subjects != 6 || got.Drawn != "subject" {
		t.Errorf("confidence %v, %d subjects, drawn by %s", got.Confidence, got.Subjects, got.Drawn)
	}
	methods := map[string]string{
		"roc_auc": "bootstrap", "average_precision": "bootstrap", "eer": "bootstrap",
		"fmr": "bootstrap", "fnmr": "wilson", "calibrated.fmr": "bootstrap", "calibrated.fnmr": "bootstrap", "rank1": "wilson",
	}
	if len(got.Figures) != len(methods) {
		t.Errorf("%d figures, want %d", len(got.Figures), len(methods))
	}
	for name, method := range methods {
		f := got.Figures[name]
		if f.Value != r.Metric(name) || f.Method != method || !(0 <= f.Low && f.Low <= f.Value && f.Value <= f.High && f.High <= 1) || f.Low == f.High {
			t.Errorf("%s: %+v, the metric is %v", name, f, r.Metric(name))
		}
	}
	// Of 48 genuine pairs none is below the fixed threshold: Wilson's upper end
	// is z^2 / (n + z^2).
	const z2 = 1.959963984540054 * 1.959963984540054
	if f := got.Figures["fnmr"]; f.Value != 0 || math.Abs(f.High-z2/(48+z2)) > 1e-9 {
		t.Errorf("FNMR: %+v", f)
	}
	if f := got.Figures["rank1"]; math.Abs(f.High-f.Low) < 0.2 {
		t.Errorf("rank 1 of 20 searches: %+v", f)
	}
}
