package biometrics

import (
	"errors"
	"fmt"
	"math"
)

// A Platt turns a score into the probability that the pair is genuine:
// 1 / (1 + exp(-(Slope*score + Intercept))).
type Platt struct {
	Slope     float64 `json:"slope"`
	Intercept float64 `json:"intercept"`
}

// FitPlatt fits the probability to scores on an unbounded scale, such as log
// odds, by maximum likelihood with the targets of Platt ("Probabilistic outputs
// for support vector machines", 1999), (N+1)/(N+2) for the N genuine pairs and
// 1/(M+2) for the M impostors, which keep it finite for separated classes. The
// method is Newton's with backtracking, as Lin, Lin and Weng give it ("A note
// on Platt's probabilistic outputs", Machine Learning 68, 2007). The
// probability is that of data with the same share of genuine pairs. It fails
// unless there are pairs of both classes.
func FitPlatt(s *Scores) (Platt, error) {
	if s.genuines == 0 || s.impostors == 0 {
		return Platt{}, errors.New("fit Platt's calibration: want genuine and impostor pairs")
	}
	n, m := float64(s.genuines), float64(s.impostors)
	high, low := (n+1)/(n+2), 1/(m+2)
	// The sign follows Lin, Lin and Weng: p = 1 / (1 + exp(a*score + b)).
	a, b := 0.0, math.Log((m+1)/(n+1))
	loss := func(a, b float64) float64 {
		sum := 0.0
		for i, x := range s.value {
			f := a*x + b
			target := float64(s.genuine[i])*high + float64(s.impostor[i])*low
			weight := float64(s.genuine[i] + s.impostor[i])
			if f >= 0 {
				sum += target*f + weight*math.Log1p(math.Exp(-f))
			} else {
				sum += (target-weight)*f + weight*math.Log1p(math.Exp(f))
			}
		}
		return sum
	}
	const (
		steps   = 100
		ridge   = 1e-12
		small   = 1e-5
		minStep = 1e-10
	)
	now := loss(a, b)
	for range steps {
		h11, h22, h21, g1, g2 := ridge, ridge, 0.0, 0.0, 0.0
		for i, x := range s.value {
			p, q := logistic(a*x + b)
			weight := float64(s.genuine[i] + s.impostor[i])
			d2 := weight * p * q
			h11, h22, h21 = h11+x*x*d2, h22+d2, h21+x*d2
			d1 := float64(s.genuine[i])*high + float64(s.impostor[i])*low - weight*p
			g1, g2 = g1+x*d1, g2+d1
		}
		if math.Abs(g1) < small && math.Abs(g2) < small {
			return Platt{-a, -b}, nil
		}
		det := h11*h22 - h21*h21
		da, db := -(h22*g1-h21*g2)/det, -(-h21*g1+h11*g2)/det
		slope := g1*da + g2*db
		step := 1.0
		for ; step >= minStep; step /= 2 {
			if next := loss(a+step*da, b+step*db); next < now+1e-4*step*slope {
				a, b, now = a+step*da, b+step*db, next
				break
			}
		}
		if step < minStep {
			return Platt{-a, -b}, nil // no step improves the likelihood any more
		}
	}
	return Platt{}, fmt.Errorf("fit Platt's calibration: no maximum of the likelihood in %d steps", steps)
}

// logistic returns 1/(1+exp(f)) and 1 less that, each without cancellation.
func logistic(f float64) (p, q float64) {
	if f >= 0 {
		e := math.Exp(-f)
		return e / (1 + e), 1 / (1 + e)
	}
	e := math.Exp(f)
	return 1 / (1 + e), e / (1 + e)
}

// Probability returns the probability at a score.
func (p Platt) Probability(score float64) float64 {
	_, q := logistic(p.Slope*score + p.Intercept)
	return q
}
