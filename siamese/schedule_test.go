package siamese

import (
	"math"
	"testing"
)

func TestSchedule(t *testing.T) {
	const steps, epochs = 10, 20
	for _, c := range []struct {
		name        string
		s           Schedule
		epoch, step int
		want        float64
	}{
		{"constant", Schedule{Kind: "constant"}, 19, 9, 1},
		{"step", Schedule{Kind: "step", Every: 5, Factor: 0.1}, 4, 9, 1},
		{"step", Schedule{Kind: "step", Every: 5, Factor: 0.1}, 5, 0, 0.1},
		{"step", Schedule{Kind: "step", Every: 5, Factor: 0.1}, 14, 0, 0.01},
		{"cosine at first", Schedule{Kind: "cosine"}, 0, 0, 1},
		{"cosine in the middle", Schedule{Kind: "cosine"}, 10, 0, 0.5},
		{"cosine at a quarter", Schedule{Kind: "cosine"}, 5, 0, (1 + math.Sqrt2/2) / 2},
		{"cosine at last", Schedule{Kind: "cosine"}, 19, 9, 0.5 * (1 + math.Cos(math.Pi*199/200))},
		{"warm-up at first", Schedule{Kind: "constant", Warmup: 2}, 0, 0, 1.0 / 20},
		{"warm-up at last", Schedule{Kind: "constant", Warmup: 2}, 1, 9, 1},
		{"after warm-up", Schedule{Kind: "constant", Warmup: 2}, 2, 0, 1},
		{"cosine after warm-up", Schedule{Kind: "cosine", Warmup: 2}, 2, 0, 1},
		{"cosine halfway after warm-up", Schedule{Kind: "cosine", Warmup: 2}, 11, 0, 0.5},
	} {
		if got := c.s.scale(c.epoch, c.step, steps, epochs); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%s: epoch %d, step %d: %v, want %v", c.name, c.epoch, c.step, got, c.want)
		}
	}
	for x := 0.0; x < math.Pi/2; x += 0.01 {
		if got := cosine(x); math.Abs(got-math.Cos(x)) > 3e-16 {
			t.Errorf("cosine(%v) = %v, want %v", x, got, math.Cos(x))
		}
	}
}
