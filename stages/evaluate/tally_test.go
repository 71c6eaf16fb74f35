package evaluate

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/biometrics"
)

// A rounded score is at most the score, near it in log odds, and on the same
// side of every threshold.
func TestRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odds := rapid.Float64Range(-60, 40)
		var thresholds []threshold
		for range rapid.IntRange(0, 4).Draw(t, "n") {
			thresholds = append(thresholds, threshold{value: sigmoid(odds.Draw(t, "threshold"))})
		}
		r := newRounding(biometrics.FineBits, thresholds)
		score := sigmoid(odds.Draw(t, "score"))
		got := r.down(score)
		if got > score || r.down(got) > got {
			t.Fatalf("%v is rounded to %v", score, got)
		}
		for _, th := range thresholds {
			if (score >= th.value) != (got >= th.value) {
				t.Fatalf("%v is rounded to %v, across the threshold %v", score, got, th.value)
			}
		}
		// Two bins; and scores near 1 are themselves 1e-16 apart.
		z := clampedLogOdds(score)
		if slack := 3e-16 / (1 - score); score > lowest && z-clampedLogOdds(got) > 2*6.2e-5*math.Abs(z)+1e-7+slack {
			t.Fatalf("log odds of %v become %v", z, clampedLogOdds(got))
		}
		if above := r.above(score); above < score || score < 1-1e-9 && score > lowest && r.down(math.Nextafter(above, 0)) >= above {
			t.Fatalf("above %v is %v", score, above)
		}
	})
	var none *rounding
	if none.down(0.3) != 0.3 || none.above(0.3) != 0.3 {
		t.Error("without rounding a score changes")
	}
}

// Rounded, all pairs come to the same figures within what docs/experiment.md
// states, decisions at the thresholds exactly.
func TestRoundedPairs(t *testing.T) {
	in := small.inputs(t)
	network, path := writeNetwork(t, pixels, pixels)
	in["weights"] = path
	for name, scorer := range map[string]scorer{"table": table(plausible), "network": network} {
		t.Run(name, func(t *testing.T) {
			exact := runWith(t, scorer, params(allPairs), 1, in)
			rounded := runRounded(t, scorer, params(allPairs), 1, in, 0)
			if exact.Err != nil || rounded.Err != nil {
				t.Fatal(exact.Err, rounded.Err)
			}
			if len(exact.Metrics) != len(rounded.Metrics) {
				t.Fatalf("%d metrics, rounded %d", len(exact.Metrics), len(rounded.Metrics))
			}
			for i, m := range exact.Metrics {
				got := rounded.Metrics[i]
				allowed := 1e-12
				switch {
				case strings.HasSuffix(m.Name, "roc_auc"), strings.HasSuffix(m.Name, "average_precision"), strings.HasSuffix(m.Name, "eer"), strings.HasSuffix(m.Name, "ece"):
					allowed = 0.02 // few pairs, some of which fall into one bin or into the next of a curve
				case strings.HasSuffix(m.Name, "threshold"), strings.HasSuffix(m.Name, "log_loss"), strings.HasSuffix(m.Name, "brier"):
					allowed = 2e-4
				case strings.HasPrefix(m.Name, "fpir"):
				case strings.Contains(m.Name, "calibrated.") || strings.Contains(m.Name, "fmr"):
					continue // at another threshold, checked below
				}
				if got.Name != m.Name || math.Abs(got.Value-m.Value) > allowed {
					t.Errorf("%s is %v, rounded %s %v", m.Name, m.Value, got.Name, got.Value)
				}
			}
			// What comes of the thresholds that rounding chose is counted exactly.
			b := compute(plausible, tested, everybody)
			if s, err := biometrics.New(b.score, b.genuine); err != nil {
				t.Fatal(err)
			} else if name == "table" {
				for _, at := range []string{"calibrated", "fmr100", "fmr1000", "fmr10000"} {
					c := s.At(rounded.Metric(at + ".threshold"))
					if rounded.Metric(at+".fmr") != c.FMR() || rounded.Metric(at+".fnmr") != c.FNMR() {
						t.Errorf("%s: FMR %v, FNMR %v, want %v and %v", at, rounded.Metric(at+".fmr"), rounded.Metric(at+".fnmr"), c.FMR(), c.FNMR())
					}
				}
			}
			for _, output := range []string{"scores", "calibration_scores"} {
				if string(exact.Bytes(output)) != string(rounded.Bytes(output)) {
					t.Errorf("%s differs", filepath.Base(output))
				}
			}
		})
	}
}

// The memory of a rounded tally is bounded by its bins, whatever the number of
// pairs.
func TestTallyIsBounded(t *testing.T) {
	r := newRounding(biometrics.CoarseBits, nil)
	seen := map[float64]bool{}
	for i := range 200000 {
		seen[r.down(sigmoid(float64(i-100000)/2000))] = true
	}
	if len(seen) > 3000 {
		t.Errorf("%d distinct scores", len(seen))
	}
}
