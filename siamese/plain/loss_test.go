package plain

import (
	"math"
	"testing"
)

func TestCrossEntropy(t *testing.T) {
	for _, c := range []struct{ z, y, want float64 }{
		{0, 1, math.Ln2},
		{1000, 0, 1000}, // no overflow
		{1000, 1, 0},
		{-2, 1, 2.1269280110429727},
		{-2, 0, 0.1269280110429726},
	} {
		if got := CrossEntropy(c.z, c.y); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("CrossEntropy(%v, %v) = %v, want %v", c.z, c.y, got, c.want)
		}
	}
	if s := Sigmoid(-1000.0); s != 0 {
		t.Errorf("Sigmoid(-1000) = %v", s)
	}
	if s := Sigmoid(2.0); math.Abs(s-0.8807970779778823) > 1e-15 {
		t.Errorf("Sigmoid(2) = %v", s)
	}
}
