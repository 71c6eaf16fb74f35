package evaluate

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/sheet"
)

var update = flag.Bool("update", false, "rewrite golden files")

var small = people{subjects: 6, fingers: 4}

func TestGolden(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	var metrics strings.Builder
	for _, m := range r.Metrics {
		if m.Step != stage.NoStep || m.Timing {
			t.Errorf("metric %+v is a series or a timing", m)
		}
		fmt.Fprintln(&metrics, m.Name, strconv.FormatFloat(m.Value, 'g', -1, 64))
	}
	for name, got := range map[string][]byte{
		"scores.csv":         r.Bytes("scores"),
		"figures.json":       r.Bytes("figures"),
		"errors.json":        readErrors(t, r),
		"classes.json":       r.Bytes("classes"),
		"intervals.json":     r.Bytes("intervals"),
		"leave_one_out.json": r.Bytes("leave_one_out"),
		"calibration.json":   r.Bytes("calibration"),
		"metrics.txt":        []byte(metrics.String()),
	} {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, got, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	if last := r.Last; last.Done != last.Total || last.Total != 3*24+48 || last.Unit != "probes" {
		t.Errorf("last progress: %+v", last)
	}
}

func TestLogOdds(t *testing.T) {
	all := counts{}
	for _, score := range []float64{0, 1e-60, 1e-3, 0.5, 0.999, 1} {
		all.add(score, score >= 0.5)
	}
	raw, err := biometrics.Counted(all)
	if err != nil {
		t.Fatal(err)
	}
	s, err := raw.Map(clampedLogOdds)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Histogram(2*maxLogOdds, -maxLogOdds, maxLogOdds)
	if err != nil {
		t.Fatal(err)
	}
	where := func(counts []int) map[float64]int {
		at := map[float64]int{}
		for i, n := range counts {
			if n > 0 {
				at[h.Edges[i]] = n
			}
		}
		return at
	}
	if got, want := where(h.Impostor), (map[float64]int{-40: 2, -7: 1}); !maps.Equal(got, want) { // ln(1/999) = -6.9
		t.Errorf("impostors %v, want %v", got, want)
	}
	if got, want := where(h.Genuine), (map[float64]int{0: 1, 6: 1, 39: 1}); !maps.Equal(got, want) {
		t.Errorf("genuine %v, want %v", got, want)
	}
}

// A line is one of the scores file, read back.
type line struct {
	genuine                bool
	score                  float64
	difficulty, alteration string
}

func readLines(t *testing.T, r *stagetest.Result, output string) []line {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(r.Bytes(output))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []line
	for _, rec := range records[1:] {
		score, err := strconv.ParseFloat(rec[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line{rec[2] == "1", score, rec[4], rec[5]})
	}
	return lines
}

// Metrics are those of the scores file, of all its lines and of each group.
func TestMetricsAreThoseOfTheScores(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	lines := readLines(t, r, "scores")
	calibrated := r.Metric("calibrated.threshold")
	groups := map[string]func(line) bool{
		"":        func(line) bool { return true },
		"easy.":   func(l line) bool { return l.difficulty == "easy" },
		"medium.": func(l line) bool { return l.difficulty == "medium" },
		"hard.":   func(l line) bool { return l.difficulty == "hard" },
		"cr.":     func(l line) bool { return l.alteration == "CR" },
		"obl.":    func(l line) bool { return l.alteration == "Obl" },
		"zcut.":   func(l line) bool { return l.alteration == "Zcut" },
	}
	for prefix, in := range groups {
		var tp, fp, tn, fn, matches float64 // at the calibrated threshold
		var score []float64
		var genuine []bool
		for _, l := range lines {
			if !in(l) {
				continue
			}
			score, genuine = append(score, l.score), append(genuine, l.genuine)
			switch match := l.score >= calibrated; {
			case match && l.genuine:
				tp++
			case match:
				fp++
			case l.genuine:
				fn++
			default:
				tn++
			}
			if l.score >= 0.5 {
				matches++
			}
		}
		want := map[string]float64{
			"calibrated.tp": tp, "calibrated.fp": fp, "calibrated.tn": tn, "calibrated.fn": fn,
			"calibrated.accuracy":  (tp + tn) / (tp + tn + fp + fn),
			"calibrated.precision": tp / (tp + fp), "calibrated.recall": tp / (tp + fn),
			"calibrated.f1":  2 * tp / (2*tp + fp + fn),
			"calibrated.fmr": fp / (fp + tn), "calibrated.fnmr": fn / (tp + fn),
		}
		if prefix == "" {
			want["threshold"] = 0.5
		}
		s, err := biometrics.New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		want["roc_auc"], want["average_precision"] = s.AUC(), s.AveragePrecision()
		want["eer"], _ = s.EER()
		if want["log_loss"], err = s.LogLoss(); err != nil {
			t.Fatal(err)
		}
		for name, v := range want {
			if got := r.Metric(prefix + name); math.Abs(got-v) > 1e-12 {
				t.Errorf("%s%s: %v, of the scores file %v", prefix, name, got, v)
			}
		}
		if got := r.Metric(prefix+"tp") + r.Metric(prefix+"fp"); got != matches {
			t.Errorf("%s: %v matches, of the scores file %v", prefix, got, matches)
		}
	}
}

func TestPairs(t *testing.T) {
	in := small.inputs(t)
	writePart(t, in, dataset.Part{Name: "test", Probes: []int{4, 5, 6, 7, 30, 55}, Gallery: []int{4, 5, 6, 7, 8, 9, 10}}) // subjects 2 and 3
	a := runWith(t, table(plausible), nil, 1, in)
	if a.Err != nil {
		t.Fatal(a.Err)
	}
	records, err := csv.NewReader(bytes.NewReader(a.Bytes("scores"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 1+2*6 {
		t.Fatalf("%d lines", len(records))
	}
	for i, rec := range records[1:] {
		gallery, err := strconv.Atoi(rec[1])
		if err != nil {
			t.Fatal(err)
		}
		if gallery < 4 || gallery > 10 {
			t.Errorf("line %d: gallery row %d is not of the test part", i+2, gallery)
		}
		probe, err := strconv.Atoi(rec[0])
		if err != nil {
			t.Fatal(err)
		}
		if genuine := probe%24 == gallery; genuine != (rec[2] == "1") || genuine != (i%2 == 0) {
			t.Errorf("line %d: probe %d, gallery %d, genuine %s", i+2, probe, gallery, rec[2])
		}
		if want := plausible(uint8(probe%24), uint8(gallery)); rec[3] != strconv.FormatFloat(want, 'g', -1, 64) {
			t.Errorf("line %d: score %s, want %v", i+2, rec[3], want)
		}
	}
	for seed, same := range map[uint64]bool{1: true, 2: false} {
		b := runWith(t, table(plausible), nil, seed, in)
		if b.Err != nil {
			t.Fatal(b.Err)
		}
		if bytes.Equal(a.Bytes("scores"), b.Bytes("scores")) != same {
			t.Errorf("seeds 1 and %d: same scores is %v", seed, !same)
		}
		if same && !bytes.Equal(a.Bytes("samples"), b.Bytes("samples")) {
			t.Error("the same seed drew another sheet")
		}
	}
}

func TestRank(t *testing.T) {
	// The mate is the worst of all 24 for every probe, or the best.
	for want, score := range map[float64]table{
		0: func(p, g uint8) float64 {
			if p == g {
				return 0.1
			}
			return 0.2
		},
		1: plausibleRank,
	} {
		for _, sample := range []int{0, 5, 500} {
			p := Kind().Params.(Params)
			p.RankProbes = sample
			r := runWith(t, score, p, 1, small.inputs(t))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := r.Metric("rank1"); got != want {
				t.Errorf("rank1 of %d probes: %v, want %v", sample, got, want)
			}
		}
	}
	// Images outside of the part are not searched, however alike they are.
	in := small.inputs(t)
	writePart(t, in, dataset.Part{Name: "test", Probes: []int{4, 5, 30}, Gallery: []int{4, 5, 6, 7}})
	strangers := func(p, g uint8) float64 {
		if g < 4 || g > 7 {
			return 1
		}
		return plausibleRank(p, g)
	}
	if r := runWith(t, table(strangers), nil, 1, in); r.Err != nil || r.Metric("rank1") != 1 {
		t.Errorf("with strangers: error %v, metrics %v", r.Err, r.Metrics)
	}
	p := Kind().Params.(Params)
	p.RankProbes = 5
	r := runWith(t, table(plausible), p, 1, small.inputs(t))
	if five := r.Metric("rank1") * 5; r.Err != nil || five != math.Trunc(five) {
		t.Errorf("rank1 %v is no share of 5", five/5)
	}
}

func plausibleRank(p, g uint8) float64 {
	if p == g {
		return 0.9
	}
	return 0.1
}

// A network that calls nothing a match has a precision all the same, 0; a
// difficulty that does not occur has no figures.
func TestNothingIsAMatch(t *testing.T) {
	in := small.inputs(t)
	writePart(t, in, dataset.Part{Name: "test", Probes: []int{0, 1, 3}, Gallery: dataset.Count(24)}) // all easy, none Zcut
	r := runWith(t, constant(0.25), nil, 1, in)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for _, m := range r.Metrics {
		if math.IsNaN(m.Value) || strings.HasPrefix(m.Name, "hard.") || strings.HasPrefix(m.Name, "zcut.") {
			t.Errorf("recorded %s = %v", m.Name, m.Value)
		}
	}
	for name, want := range map[string]float64{
		"precision": 0, "recall": 0, "f1": 0, "accuracy": 0.5, "cr.precision": 0,
		"calibrated.precision": 0.5, "calibrated.recall": 1, "eer": 0.5,
	} {
		if got := r.Metric(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, want := range []string{
		"no pairs, and so no figures, of: medium, hard",
		"0, since nothing is called a match: precision, easy.precision, cr.precision, obl.precision",
	} {
		if !slices.Contains(r.Log, want) {
			t.Errorf("log %q lacks %q", r.Log, want)
		}
	}
	if got := r.Metric("precision"); got != 0 {
		t.Errorf("precision without a match is %v, want 0", got)
	}
}

// A network may be certain: scores of 0 and 1 are scores.
func TestCertainScores(t *testing.T) {
	certain := func(p, g uint8) float64 {
		if p == g {
			return 1
		}
		return 0
	}
	r := runWith(t, table(certain), nil, 1, small.inputs(t))
	if r.Err != nil || r.Metric("roc_auc") != 1 || r.Metric("calibrated.accuracy") != 1 || r.Metric("calibrated.threshold") != 0.5 {
		t.Errorf("error %v, metrics %v", r.Err, r.Metrics)
	}
}

// Tags that differ in case are one group, and tags that are called like a
// difficulty or a threshold do not write over the figures of those.
func TestAlterationsOfConfusingNames(t *testing.T) {
	in := small.inputs(t)
	alterations := map[string][]string{}
	for _, subset := range []string{"easy", "medium", "hard"} {
		for i := range 24 {
			alterations[subset] = append(alterations[subset], []string{"Warp", "wARP", "Hard", "calibrated"}[i%4])
		}
	}
	writeObject(t, in, "labels/alterations", alterations)
	r := runWith(t, table(plausible), nil, 1, in)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	seen := map[string]bool{}
	for _, m := range r.Metrics {
		if seen[m.Name] {
			t.Errorf("%s is recorded twice", m.Name)
		}
		seen[m.Name] = true
	}
	pairs := func(group string) float64 { return r.Metric(group+"tp") + r.Metric(group+"fn") } // genuine
	if got := pairs("warp."); got != 24 {
		t.Errorf("warp has %v pairs, want 24", got)
	}
	if got, want := pairs("alteration-hard.")+pairs("alteration-calibrated."), 24.; got != want {
		t.Errorf("the confusing tags have %v pairs, want %v", got, want)
	}
	if got := pairs("hard."); got != 16 {
		t.Errorf("hard has %v pairs, want 16", got)
	}
}

// The calibrated threshold is that of equal error rate of the calibration
// part's scores, which are written like the test part's.
func TestCalibration(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	lines := readLines(t, r, "calibration_scores")
	if len(lines) != 2*24 {
		t.Fatalf("%d lines", len(lines))
	}
	var score []float64
	var genuine []bool
	for _, l := range lines {
		score, genuine = append(score, l.score), append(genuine, l.genuine)
	}
	s, err := biometrics.New(score, genuine)
	if err != nil {
		t.Fatal(err)
	}
	if _, want := s.EER(); r.Metric("calibrated.threshold") != want {
		t.Errorf("threshold %v, of the calibration scores %v", r.Metric("calibrated.threshold"), want)
	}
}

func TestSheet(t *testing.T) {
	p := Kind().Params.(Params)
	height := map[int]int{}
	for _, n := range []int{2, 6, 50} { // 48 probes are tested
		p.Sheet = n
		r := runWith(t, table(plausible), p, 1, small.inputs(t))
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		img, err := png.Decode(bytes.NewReader(r.Bytes("samples")))
		if err != nil {
			t.Fatal(err)
		}
		height[n] = img.Bounds().Dy()
		corners := map[color.RGBA]int{} // upper left ones of frames of each colour
		for y := 1; y < img.Bounds().Dy(); y++ {
			for x := 1; x < img.Bounds().Dx(); x++ {
				if c := img.At(x, y); c != img.At(x-1, y) && c != img.At(x, y-1) && img.At(x-1, y) == img.At(x, y-1) {
					corners[color.RGBAModel.Convert(c).(color.RGBA)]++
				}
			}
		}
		if want := min(n, 48); corners[sheet.Genuine] != want || corners[sheet.Impostor] != want {
			t.Errorf("%d samples: %d genuine and %d impostor frames", n, corners[sheet.Genuine], corners[sheet.Impostor])
		}
	}
	if !(height[2] < height[6] && height[6] < height[50]) {
		t.Errorf("heights by number of samples: %v", height)
	}
}

func TestDecision(t *testing.T) {
	for want, c := range map[string]comparison{
		"match":           {genuine: true, score: 0.5},
		"false non-match": {genuine: true, score: 0.4},
		"false match":     {genuine: false, score: 0.5},
		"non-match":       {genuine: false, score: 0.4},
	} {
		if got := decision(c, 0.5); got != want {
			t.Errorf("%+v at 0.5: %s, want %s", c, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		network scorer
		change  func(in map[string]string)
		want    string
	}{
		{"diverged", constant(nan), nil, "the network scores easy/1__M_Left_thumb_finger_CR.BMP against real/1__M_Left_thumb_finger.BMP with NaN"},
		{"no similarity", constant(1.5), nil, "with 1.5, not within 0 and 1"},
		{"too few labels", table(plausible), func(in map[string]string) {
			writeArray(t, in, "labels/y_easy", []uint16{1, 0, 0, 0}, 1, 4)
		}, "read prints/x_easy.npy: 24 images, but 1 labels and 24 names"},
		{"names of another set", table(plausible), func(in map[string]string) {
			writeObject(t, in, "prints/names", map[string][]string{})
		}, "read prints/x_real.npy: 24 images, but 24 labels and 0 names"},
		{"no JSON", table(plausible), func(in map[string]string) { writeObject(t, in, "prints/names", 1) }, "read prints/names.json: json: cannot unmarshal"},
		{"alterations of another set", table(plausible), func(in map[string]string) {
			writeObject(t, in, "labels/alterations", map[string][]string{"easy": {"CR"}})
		}, "read labels/alterations.json: 1 of easy, but prints/x_easy.npy has 24 images"},
		{"flat images", table(plausible), func(in map[string]string) { writeArray(t, in, "prints/x_hard", make([]uint8, 24), 24) }, "read prints/x_hard.npy: array has shape (24,), want (N, height, width)"},
		{"images of another type", table(plausible), func(in map[string]string) {
			writeArray(t, in, "prints/x_hard", make([]uint16, 24), 24, 1, 1)
		}, `read prints/x_hard.npy: array has elements of type "<u2"`},
		{"row that is not there", table(plausible), func(in map[string]string) { writeArray(t, in, "split/test", []int64{72}, 1) }, "read split/test.npy: element 0 is row 72, but there are 72 rows"},
		{"nothing to test", table(plausible), func(in map[string]string) { writeArray(t, in, "split/test", []int64{}, 0) }, "read split/test.npy: no rows are selected"},
		{"mate of another part", table(plausible), func(in map[string]string) {
			writeArray(t, in, "split/gallery_test", []int64{0, 1, 2, 3}, 4)
		}, "the gallery has no image of its finger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := small.inputs(t)
			if c.change != nil {
				c.change(in)
			}
			r := runWith(t, c.network, nil, 1, in)
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", r.Err, c.want)
			}
		})
	}
}
