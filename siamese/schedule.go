package siamese

import (
	"fmt"
	"math"
)

// A Schedule says how the learning rate changes during training.
type Schedule struct {
	Kind   string  `json:"kind"`   // "constant", "step" or "cosine"
	Every  int     `json:"every"`  // step: epochs between two changes
	Factor float64 `json:"factor"` // step: what each change multiplies the rate by
	Warmup int     `json:"warmup"` // epochs over which the rate first rises from 0, step by step
}

func (s Schedule) check() error {
	switch {
	case s.Kind != "constant" && s.Kind != "step" && s.Kind != "cosine":
		return fmt.Errorf(`unknown schedule %q (available: "constant", "step", "cosine")`, s.Kind)
	case s.Kind == "step" && (s.Every < 1 || !(s.Factor > 0)):
		return fmt.Errorf("schedule step: a factor of %v every %d epochs, want a positive factor and at least 1 epoch", s.Factor, s.Every)
	case s.Warmup < 0:
		return fmt.Errorf("schedule: a warm-up of %d epochs", s.Warmup)
	}
	return nil
}

// open reports whether the rate at an epoch does not depend on how many epochs
// there will be, so that training can be continued beyond its end.
func (s Schedule) open() bool { return s.Kind != "cosine" }

// scale is what the base rate is multiplied by at the given step of an epoch
// (both counted from 0), where an epoch has the given number of steps and
// there are epochs in all.
func (s Schedule) scale(epoch, step, steps, epochs int) float64 {
	now := float64(epoch*steps + step)
	warm := float64(s.Warmup * steps)
	if now < warm {
		return (now + 1) / warm
	}
	switch s.Kind {
	case "step":
		f := 1.0
		for range epoch / s.Every {
			f *= s.Factor
		}
		return f
	case "cosine":
		// Loshchilov and Hutter: SGDR, ICLR 2017, equation 5, without restarts.
		c := cosine(math.Pi / 2 * (now - warm) / max(1, float64(epochs*steps)-warm))
		return c * c
	}
	return 1
}

// cosine is cos(x) for x in [0, pi/2] from its Taylor series, with the same
// bits on every machine, which math.Cos does not promise.
func cosine(x float64) float64 {
	x2, sum := x*x, 1.0
	for n := 24; n > 0; n -= 2 {
		sum = 1 - float64(float64(x2*sum)/float64(n*(n-1)))
	}
	return sum
}
