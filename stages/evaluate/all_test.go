package evaluate

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whorl/biometrics"
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
)

func params(change func(*Params)) Params {
	p := Kind().Params.(Params)
	change(&p)
	return p
}

func allPairs(p *Params) { p.Pairs = "all" }

// A bruteForce is what all pairs of the fixture come to, computed from the
// table of scores alone. Probes and gallery images are of finger number row%24,
// fingers of subject number finger/4+1.
type bruteForce struct {
	score   []float64
	genuine []bool
	related []float64 // scores of one person's different fingers
	ranks   []int
	mates   []float64
	top     []float64 // highest score of a stranger, by probe
}

func compute(f table, probes func(row int) bool, keep func(subject int) bool) (b bruteForce) {
	for row := range 72 {
		if !probes(row) {
			continue
		}
		own := row % 24
		if !keep(own / 4) {
			continue
		}
		mate, rank, top := f(uint8(own), uint8(own)), 1, 0.0
		for g := range 24 {
			s := f(uint8(own), uint8(g))
			if g != own && s >= mate {
				rank++
			}
			switch {
			case !keep(g / 4):
			case g != own && g/4 == own/4:
				b.related = append(b.related, s)
			default:
				b.score, b.genuine = append(b.score, s), append(b.genuine, g == own)
				if g != own {
					top = max(top, s)
				}
			}
		}
		b.ranks, b.mates, b.top = append(b.ranks, rank), append(b.mates, mate), append(b.top, top)
	}
	return b
}

func everybody(int) bool { return true }

func tested(row int) bool { return row%3 != 0 }

func calibrates(row int) bool { return row%3 == 0 }

func share(values []float64, threshold float64) float64 {
	n := 0
	for _, v := range values {
		if v >= threshold {
			n++
		}
	}
	return float64(n) / float64(len(values))
}

// With pairs all every figure is that of a brute-force computation, without
// pairs of one person's different fingers.
func TestAllPairs(t *testing.T) {
	r := runWith(t, table(plausible), params(allPairs), 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	test, calibration := compute(plausible, tested, everybody), compute(plausible, calibrates, everybody)
	s, err := biometrics.New(test.score, test.genuine)
	if err != nil {
		t.Fatal(err)
	}
	held, err := biometrics.New(calibration.score, calibration.genuine)
	if err != nil {
		t.Fatal(err)
	}
	eer, _ := s.EER()
	_, equal := held.EER()
	want := map[string]float64{
		"roc_auc": s.AUC(), "eer": eer, "average_precision": s.AveragePrecision(),
		"calibrated.threshold": equal, "calibrated.fmr": s.At(equal).FMR(), "calibrated.fnmr": s.At(equal).FNMR(),
		"same_subject.pairs": 48 * 3, "same_subject.calibrated.fmr": share(test.related, equal),
		"tp": float64(s.At(0.5).TP), "fp": float64(s.At(0.5).FP), "fn": float64(s.At(0.5).FN), "tn": float64(s.At(0.5).TN),
	}
	for _, in := range []int{100, 1000, 10000} {
		at, name := held.AtFMR(1/float64(in)), "fmr"+strconv.Itoa(in)
		want[name+".threshold"], want[name+".fmr"], want[name+".fnmr"] = at, s.At(at).FMR(), s.At(at).FNMR()
	}
	rank := func(k int) (n float64) {
		for _, r := range test.ranks {
			if r <= k {
				n++
			}
		}
		return n / float64(len(test.ranks))
	}
	want["rank1"], want["rank5"] = rank(1), rank(5)
	for _, in := range []int{10, 100} {
		tops := slices.Sorted(slices.Values(calibration.top))
		at := math.Nextafter(tops[len(tops)-1-len(tops)/in], 2)
		detected := 0.0
		for i, m := range test.mates {
			if m >= at && test.ranks[i] == 1 {
				detected++
			}
		}
		name := "fpir" + strconv.Itoa(in)
		want[name+".threshold"], want[name+".fpir"], want[name+".dir"] = at, share(test.top, at), detected/float64(len(test.mates))
	}
	for name, v := range want {
		if got := r.Metric(name); math.Abs(got-v) > 1e-12 {
			t.Errorf("%s is %v, by brute force %v", name, got, v)
		}
	}
	if last := r.Last; last.Done != last.Total || last.Total != 72 {
		t.Errorf("last progress: %+v", last)
	}
	// The file has each probe's mate and its three highest impostors.
	lines := readLines(t, r, "scores")
	if len(lines) != 48*4 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, top := range test.top {
		of := lines[4*i:][:4]
		if !of[0].genuine || of[0].score != test.mates[i] || of[1].genuine || of[1].score != top || of[2].score > of[1].score || of[3].score > of[2].score {
			t.Errorf("probe %d: lines %+v, the highest impostor has %v", i, of, top)
		}
	}
}

// Sampled pairs have one person's different fingers among the impostors, and
// say how many.
func TestSampledPairsCountRelatedOnes(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	related := 0
	for _, c := range strings.Split(strings.TrimSpace(string(r.Bytes("scores"))), "\n")[1:] {
		f := strings.Split(c, ",")
		probe, _ := strconv.Atoi(f[0])
		gallery, _ := strconv.Atoi(f[1])
		if f[2] == "0" && probe%24/4 == gallery/4 {
			related++
		}
	}
	if related == 0 || r.Metric("same_subject.pairs") != float64(related) {
		t.Errorf("%v pairs of one person, in the scores %d", r.Metric("same_subject.pairs"), related)
	}
}

// A test part of one person has no impostors.
func TestAllPairsOfOnePerson(t *testing.T) {
	in := small.inputs(t)
	writePart(t, in, dataset.Part{Name: "test", Probes: []int{0, 1, 24, 25}, Gallery: []int{0, 1, 2, 3}})
	r := runWith(t, table(plausible), params(allPairs), 1, in)
	if r.Err == nil || !strings.Contains(r.Err.Error(), "the test part has no prints of two people") {
		t.Errorf("error %v", r.Err)
	}
}

// With pairs all the figures without a subject are those of data without the
// subject, in the gallery too.
func TestLeaveOneOutOfAllPairs(t *testing.T) {
	r := runWith(t, table(plausible), params(allPairs), 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	got, err := leaveout.Decode(r.Bytes("leave_one_out"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Unit != "subject" || len(got.Units) != 6 || len(got.Metrics) != 3+2*5+2 {
		t.Errorf("unit %s, %d units, %d metrics", got.Unit, len(got.Units), len(got.Metrics))
	}
	at := r.Metric("calibrated.threshold")
	for i := range 6 {
		b := compute(plausible, tested, func(subject int) bool { return subject != i })
		s, err := biometrics.New(b.score, b.genuine)
		if err != nil {
			t.Fatal(err)
		}
		found := 0.0
		for _, rank := range b.ranks {
			if rank == 1 {
				found++
			}
		}
		for name, want := range map[string]float64{
			"roc_auc": s.AUC(), "eer": biometrics.EER(s), "calibrated.fmr": s.At(at).FMR(), "calibrated.fnmr": s.At(at).FNMR(), "rank1": found / float64(len(b.ranks)),
		} {
			if got.Units[i] != strconv.Itoa(i+1) || math.Abs(got.Metrics[name][i]-want) > 1e-12 {
				t.Errorf("%s without subject %s: %v, want %v", name, got.Units[i], got.Metrics[name], want)
			}
		}
	}
}

// Augmented probes are those of the tutorial's ranges in epoch 0, which
// training never has; partial ones show the middle of the same.
func TestProbes(t *testing.T) {
	p := params(func(p *Params) { p.Seed = 9 })
	in := small.inputs(t)
	images := map[string]siamese.Images{}
	var rows []int
	for _, kind := range []string{"plain", "augmented", "partial"} {
		p.Probe = kind
		task := &stage.Task{Params: p, Seed: 1, Inputs: map[string]stage.Input{}}
		for name, path := range in {
			task.Inputs[name] = stage.Input{Path: path, Dir: name != "weights"}
		}
		d, err := readData(task, p)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if len(d.test.rows) != len(d.test.Probes) {
			t.Fatalf("%s: %d rows of %d probes", kind, len(d.test.rows), len(d.test.Probes))
		}
		images[kind], rows = d.test.images, d.test.Probes
	}
	augmenter := imaging.NewAugmenter(imaging.Tutorial(), 9, pixels, pixels)
	want := make([]uint8, pixels*pixels)
	hidden := 0
	for i, row := range rows {
		augmenter.Apply(want, images["plain"].At(row), 0, row)
		if !bytes.Equal(images["augmented"].At(i), want) {
			t.Fatalf("probe %d is not the tutorial's", row)
		}
		for k, v := range images["partial"].At(i) {
			x, y := k%pixels, k/pixels
			inside := x >= 1 && x < 7 && y >= 1 && y < 7 // 6 of 8, as sqrt(0.6) is 0.77
			if inside && v != want[k] || !inside && v != 255 {
				t.Fatalf("probe %d, pixel %d,%d is %d", row, x, y, v)
			}
			if !inside {
				hidden++
			}
		}
	}
	if hidden != 28*len(rows) {
		t.Errorf("%d pixels are hidden", hidden)
	}
}

// Scores of all pairs are those of the pairs one by one, to float rounding.
func TestAllPairsOfANetwork(t *testing.T) {
	in := small.inputs(t)
	network, path := writeNetwork(t, pixels, pixels)
	in["weights"] = path
	r := stagetest.Run(t, Kind(), params(func(p *Params) { p.Pairs, p.Probe = "all", "augmented" }), 1, in)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	slow := runWith(t, oneByOne{network}, params(func(p *Params) { p.Pairs, p.Probe = "all", "augmented" }), 1, in)
	if slow.Err != nil {
		t.Fatal(slow.Err)
	}
	for _, name := range []string{"roc_auc", "eer", "rank1", "log_loss"} {
		if a, b := r.Metric(name), slow.Metric(name); math.Abs(a-b) > 1e-4 {
			t.Errorf("%s: %v, one by one %v", name, a, b)
		}
	}
}
