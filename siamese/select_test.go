package siamese

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"whorl/biometrics"
)

// separation agrees with package biometrics, which measures the same.
func TestSeparation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		logits := rapid.SliceOfN(rapid.IntRange(-5, 5), 2, 60).Draw(t, "logits")
		pairs := make([]scored, len(logits))
		score, genuine := make([]float64, len(logits)), make([]bool, len(logits))
		for i, z := range logits {
			genuine[i] = i == 0 || i > 1 && rapid.Bool().Draw(t, "genuine")
			score[i] = float64(z)
			pairs[i] = scored{float32(z), genuine[i]}
		}
		s, err := biometrics.New(score, genuine)
		if err != nil {
			t.Fatal(err)
		}
		auc, eer := separation(pairs)
		wantEER, _ := s.EER()
		if auc != s.AUC() || math.Abs(eer-wantEER) > 1e-12 {
			t.Fatalf("AUC %v, EER %v, want %v, %v", auc, eer, s.AUC(), wantEER)
		}
	})
}

func TestSelect(t *testing.T) {
	a, b := Epoch{ValAUC: 0.9, ValEER: 0.2}, Epoch{ValAUC: 0.8, ValEER: 0.1}
	if !ByAUC.better(a, b) || ByAUC.better(b, a) || !ByEER.better(b, a) || ByEER.better(a, b) || ByAUC.better(a, a) || ByEER.better(a, a) {
		t.Error("better is wrong")
	}
	o := Defaults()
	o.Select = "loss"
	if err := o.Check(); err == nil {
		t.Error("an unknown figure passes")
	}
}
