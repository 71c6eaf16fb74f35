package parzen

import "math"

// A Normal is a normal distribution cut off outside [Low, High]. Mu lies in
// that interval.
type Normal struct{ Mu, Sigma, Low, High float64 }

// mass returns the probability of [a, b] under a standard normal distribution.
// Both bounds are mirrored into the lower tail, where erfc does not cancel.
func mass(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	return cdf(b) - cdf(a)
}

func cdf(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

func (n Normal) z(x float64) float64 { return (x - n.Mu) / n.Sigma }

func (n Normal) total() float64 { return mass(n.z(n.Low), n.z(n.High)) }

// logShape returns the logarithm of the density at x in [Low, High], for x in
// units of Sigma.
func (n Normal) logShape(x float64) float64 {
	z := n.z(x)
	return -0.5*z*z - math.Log(math.Sqrt(2*math.Pi)) - math.Log(n.total())
}

// Mass returns the probability of the part of [a, b] that is in [Low, High].
func (n Normal) Mass(a, b float64) float64 {
	return mass(n.z(max(a, n.Low)), n.z(min(b, n.High))) / n.total()
}

// Quantile returns the x below which the share u of the distribution lies.
func (n Normal) Quantile(u float64) float64 {
	low, high := cdf(n.z(n.Low)), cdf(n.z(n.High))
	z := math.Sqrt2 * math.Erfinv(2*(low+u*(high-low))-1)
	return max(n.Low, min(n.Mu+n.Sigma*z, n.High))
}
