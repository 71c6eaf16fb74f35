package kernel

import "math"

// An Adam is one step of the optimiser (Kingma and Ba, "Adam: a method for
// stochastic optimization", 2015, algorithm 1) with decoupled weight decay
// (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019).
type Adam struct {
	Rate         float64 // learning rate of this step, schedule applied
	Beta1, Beta2 float64 // decay of the moments; usually 0.9 and 0.999
	Epsilon      float64 // usually 1e-8 (Keras: 1e-7)
	Decay        float64 // weight decay, times Rate; 0 for none
	Step         int     // counts from 1
}

// adamStep is an Adam with everything that does not depend on the weight
// computed, rounded to float32.
type adamStep struct {
	scale          float32 // of the gradient
	beta1, beta2   float32
	fresh1, fresh2 float32 // 1-beta1, 1-beta2
	root           float32 // 1/sqrt(1-beta2^step)
	epsilon        float32
	rate           float32 // -rate/(1-beta1^step)
	decay          float32 // -rate*decay
}

// flush is the magnitude below which moments become zero, so that weights
// without a gradient do not leave their moments to decay into subnormal numbers,
// which are a hundred times as slow. Such moments move no weight: sqrt(2^-100)
// is lost beside epsilon.
const flush = 0x1p-100

func (a Adam) step(scale float32) adamStep {
	return adamStep{
		scale: scale,
		beta1: float32(a.Beta1), beta2: float32(a.Beta2),
		fresh1: float32(1 - a.Beta1), fresh2: float32(1 - a.Beta2),
		root:    float32(1 / math.Sqrt(1-Power(a.Beta2, a.Step))),
		epsilon: float32(a.Epsilon),
		rate:    float32(-a.Rate / (1 - Power(a.Beta1, a.Step))),
		decay:   float32(-a.Rate * a.Decay),
	}
}

// Power returns x^n by squaring, the same on every CPU, which math.Pow is not.
func Power(x float64, n int) float64 {
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			p = float64(p * x)
		}
		x = float64(x * x)
	}
	return p
}

// Update moves the weights w and their moments m and v by the gradients g times
// scale. Slices may be any range of a layer's, of one length.
func (a Adam) Update(w, m, v, g []float32, scale float32) {
	if len(m) != len(w) || len(v) != len(w) || len(g) != len(w) {
		panic("kernel: Adam.Update: slices of different lengths")
	}
	step := a.step(scale)
	active.adam(step, w, m, v, g)
}

func adamScalar(a adamStep, w, m, v, g []float32) {
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	for i := range w {
		g := g[i] * a.scale
		mi := fma(a.beta1, m[i], a.fresh1*g)
		if abs(mi) < flush {
			mi = 0
		}
		vi := fma(a.beta2, v[i], a.fresh2*g*g)
		if abs(vi) < flush {
			vi = 0
		}
		wi := fma(a.decay, w[i], w[i])
		w[i] = fma(a.rate, mi/fma(sqrt(vi), a.root, a.epsilon), wi)
		m[i], v[i] = mi, vi
	}
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// sqrt is rounded correctly: the square root of a float32 in float64, rounded to
// float32, has no double rounding (Figueroa, 1995).
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
