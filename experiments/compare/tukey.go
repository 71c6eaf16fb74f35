package compare

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// A StudentizedRange is the distribution of the range of Groups independent
// standard normal values, divided by an independent estimate of their
// standard deviation that has DF degrees of freedom (Tukey 1953; Lund and
// Lund, Applied Statistics 32, 1983, algorithm AS 190). Groups is at least 2,
// DF at least 1; +Inf stands for a known standard deviation.
type StudentizedRange struct {
	Groups int
	DF     float64
}

const (
	nodesOfRange = 80 // of the inner quadrature
	nodesOfScale = 48 // of the outer quadrature
	widestNormal = 8  // standard deviations, beyond which a normal density is taken for 0
	widestRange  = 14 // standard deviations, beyond which no range is expected
	knownScale   = 1e5
)

// CDF returns the probability of a value of at most q. Its error is below
// 1e-7 for up to 100 groups.
func (d StudentizedRange) CDF(q float64) float64 { return 1 - d.Survival(q) }

// Survival returns the probability of a value above q.
func (d StudentizedRange) Survival(q float64) float64 {
	if !(q > 0) {
		if math.IsNaN(q) {
			return math.NaN()
		}
		return 1
	}
	inner := newRangeOfNormals(d.Groups)
	if d.DF > knownScale {
		return min(1, max(0, 1-inner.cdf(q)))
	}
	return min(1, max(0, overScale(d.DF, widestRange/q, func(s float64) float64 { return 1 - inner.cdf(q*s) })))
}

// overScale is the mean of f over a standard deviation s estimated with df
// degrees of freedom, chi(df)/sqrt(df), where f is 0 above high.
func overScale(df, high float64, f func(s float64) float64) float64 {
	half := df / 2
	lg, _ := math.Lgamma(half)
	logDensity := func(s float64) float64 {
		return half*math.Log(df) - (half-1)*math.Ln2 - lg + (df-1)*math.Log(s) - half*s*s
	}
	// With s = u*u the density is smooth at 0 for any df >= 1.
	spread := widestNormal / math.Sqrt(2*df)
	from, to := math.Sqrt(max(0, 1-spread)), math.Sqrt(min(1+spread, high))
	if from >= to {
		return 0
	}
	var sum float64
	u, w := nodes(nodesOfScale, from, to)
	for i := range u {
		s := u[i] * u[i]
		sum += float64(w[i] * 2 * u[i] * math.Exp(logDensity(s)) * f(s))
	}
	return sum
}

// Quantile returns the value that the variable exceeds with probability 1-p,
// for 0 < p < 1, to 9 digits.
func (d StudentizedRange) Quantile(p float64) float64 {
	if !(p > 0 && p < 1) {
		return math.NaN()
	}
	tail := 1 - p
	// One pair alone bounds it from below, Bonferroni's inequality from above.
	t := distuv.StudentsT{Sigma: 1, Nu: min(d.DF, knownScale)}
	pairs := float64(d.Groups*(d.Groups-1)) / 2
	low := -math.Sqrt2 * t.Quantile(tail/2) * (1 - 1e-6)
	high := -math.Sqrt2 * t.Quantile(tail/2/pairs) * (1 + 1e-6)
	return root(func(q float64) float64 { return tail - d.Survival(q) }, low, high)
}

// rangeOfNormals is the distribution of the range of k standard normal values.
type rangeOfNormals struct {
	k                int
	at, weight, upto []float64 // nodes, weight times density, cumulative probability
}

func newRangeOfNormals(k int) rangeOfNormals {
	x, w := nodes(nodesOfRange, -widestNormal, widestNormal)
	r := rangeOfNormals{k: k, at: x, weight: w, upto: make([]float64, len(x))}
	for i, z := range x {
		r.weight[i] *= distuv.UnitNormal.Prob(z)
		r.upto[i] = distuv.UnitNormal.CDF(z)
	}
	return r
}

// cdf is k times the integral of phi(z) (Phi(z) - Phi(z-w))^(k-1).
func (r rangeOfNormals) cdf(w float64) float64 {
	var sum float64
	for i, z := range r.at {
		sum += float64(r.weight[i] * power(r.upto[i]-0.5*math.Erfc((w-z)/math.Sqrt2), r.k-1))
	}
	return min(1, float64(r.k)*sum)
}

// power is x^n for n >= 0.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// nodes returns those of the Gauss-Legendre quadrature from low to high, with
// their weights.
func nodes(n int, low, high float64) (x, weight []float64) {
	x, weight = make([]float64, n), make([]float64, n)
	quad.Legendre{}.FixedLocations(x, weight, low, high)
	return x, weight
}

// root returns where a function that rises through 0 between low and high does
// so: by bisection with secant steps (Illinois), to 9 digits.
func root(f func(float64) float64, low, high float64) float64 {
	fl, fh := f(low), f(high)
	side := 0
	for range 200 {
		if high-low <= 1e-9*math.Abs(high) {
			break
		}
		m := low + (high-low)*fl/(fl-fh)
		if !(m > low && m < high) {
			m = low + (high-low)/2
		}
		fm := f(m)
		switch {
		case fm == 0:
			return m
		case fm < 0:
			if math.Abs(m-low) <= 1e-9*m {
				return m
			}
			low, fl = m, fm
			if side < 0 {
				fh /= 2
			}
			side = -1
		default:
			if math.Abs(high-m) <= 1e-9*m {
				return m
			}
			high, fh = m, fm
			if side > 0 {
				fl /= 2
			}
			side = 1
		}
	}
	return low + (high-low)/2
}
