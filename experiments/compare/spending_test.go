package compare

import (
	"math"
	"testing"
)

// The values come from scipy 1.10: the bounds of each look solved for one after
// another with the multivariate normal distribution function mvnun.
func TestSpendingLevelsScipy(t *testing.T) {
	for _, c := range []struct {
		first, last  int
		alpha, power float64
		want         []float64
	}{
		{3, 5, .05, 1.5, []float64{.023238, .024027, .030849}},
		{3, 6, .05, 1, []float64{.025, .018619, .020236, .022694}},
		{2, 4, .01, 3, []float64{.00125, .003537, .007953}},
	} {
		got, err := spendingLevels(c.first, c.last, c.alpha, c.power)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(c.want) {
			t.Fatalf("%d levels, want %d", len(got), len(c.want))
		}
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 2e-6 {
				t.Errorf("%d to %d seeds, look %d: level %v, scipy gives %v", c.first, c.last, i+1, got[i], c.want[i])
			}
		}
	}
	if _, err := SpendingLevels(5, 3, .05); err == nil {
		t.Error("takes 5 to 3 seeds")
	}
	if _, err := SpendingLevels(3, 5, 0); err == nil {
		t.Error("takes an error rate of 0")
	}
	if one, err := SpendingLevels(4, 4, .05); err != nil || math.Abs(one[0]-.05) > 1e-9 {
		t.Errorf("one look: %v, %v", one, err)
	}
}
