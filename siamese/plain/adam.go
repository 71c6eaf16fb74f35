package plain

import "math"

// Adam holds the constants of one update (Kingma, Ba: Adam, ICLR 2015,
// algorithm 1, in the form of its section 2 that folds both bias corrections
// into the step size).
type Adam struct {
	Beta1, Beta2 float64
	Epsilon      float64 // added to the root, as Keras does
	Rate         float64 // lr * sqrt(1-beta2^t) / (1-beta1^t)
	Decay        float64 // lr * weight decay, taken off the weight itself (Loshchilov, Hutter: AdamW, ICLR 2019)
}

// NewAdam returns the constants of step t, counted from 1.
func NewAdam(lr, beta1, beta2, epsilon, decay float64, t int) Adam {
	return Adam{
		Beta1: beta1, Beta2: beta2, Epsilon: epsilon,
		Rate:  lr * math.Sqrt(1-math.Pow(beta2, float64(t))) / (1 - math.Pow(beta1, float64(t))),
		Decay: lr * decay,
	}
}

// Update applies the gradient g to the weights w and their moments m and v.
func Update[T Float](a Adam, w, m, v, g []T) {
	check(len(m) == len(w) && len(v) == len(w) && len(g) == len(w))
	b1, b2, eps, rate, decay := T(a.Beta1), T(a.Beta2), T(a.Epsilon), T(a.Rate), T(a.Decay)
	for i, d := range g {
		m[i] = T(b1*m[i]) + T((1-b1)*d)
		v[i] = T(b2*v[i]) + T(T((1-b2)*d)*d)
		w[i] -= T(decay*w[i]) + T(rate*m[i])/(T(math.Sqrt(float64(v[i])))+eps)
	}
}
