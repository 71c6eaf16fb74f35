package evaluate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"path"
	"strconv"
	"strings"
	"testing"

	"whorl/biometrics"
	"whorl/pipeline/stage/leaveout"
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
	if f := got.Figures["calibrated.fnmr"]; got.Subjects != 1 || got.Drawn != "probe" || f.Method != "wilson" || f.Low == f.High {
		t.Errorf("%+v", got)
	}
	// The classes are separated: no EER seen in 8 pairs of each.
	const t2 = 2.3646242515927844 * 2.3646242515927844 // of 7 degrees of freedom
	if f := got.Figures["eer"]; f.Value != 0 || f.Low != 0 || math.Abs(f.High-t2/(8+t2)) > 1e-9 || f.Method != "bootstrap" {
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
		"roc_auc": "jackknife", "average_precision": "bootstrap", "eer": "bootstrap",
		"fmr": "wilson", "fnmr": "wilson", "calibrated.fmr": "wilson", "calibrated.fnmr": "wilson", "rank1": "wilson",
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
	// is t^2 / (n + t^2).
	const t2 = 2.5705818366147395 * 2.5705818366147395 // of 5 degrees of freedom
	if f := got.Figures["fnmr"]; f.Value != 0 || math.Abs(f.High-t2/(48+t2)) > 1e-9 {
		t.Errorf("FNMR: %+v", f)
	}
	if f := got.Figures["rank1"]; math.Abs(f.High-f.Low) < 0.2 {
		t.Errorf("rank 1 of 20 searches: %+v", f)
	}
}

// Without a subject the figures are those of the others' pairs.
func TestLeaveOneOut(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	got, err := leaveout.Decode(r.Bytes("leave_one_out"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Unit != "subject" || len(got.Units) != 6 {
		t.Fatalf("%d units called %q", len(got.Units), got.Unit)
	}
	for _, name := range []string{"eer", "roc_auc", "average_precision", "fmr", "fnmr", "calibrated.fmr", "calibrated.fnmr"} {
		if len(got.Metrics[name]) != 6 {
			t.Errorf("%s has %d values", name, len(got.Metrics[name]))
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(r.Bytes("scores"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, unit := range got.Units {
		var score []float64
		var genuine []bool
		for _, row := range rows[1:] {
			subject, _, _ := strings.Cut(path.Base(row[6]), "__") // of the probe's name
			if subject == unit {
				continue
			}
			v, err := strconv.ParseFloat(row[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			score, genuine = append(score, v), append(genuine, row[2] == "1")
		}
		s, err := biometrics.New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		if want := s.AUC(); got.Metrics["roc_auc"][i] != want {
			t.Errorf("AUC without subject %s: %v, want %v", unit, got.Metrics["roc_auc"][i], want)
		}
	}
}
