package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// every makes a network of every kind of layer, on images whose odd last row
// and column pooling drops.
func every[T Float](g *Graph[T], abs bool) {
	x := g.Images()
	x = g.Conv("conv1", x, Conv{Filters: 3, Kernel: 3, ReLU: true, Pool: true})
	x = g.Conv("conv2", x, Conv{Filters: 4, Kernel: 5, ReLU: true})
	x = g.Merge("merge", x, abs)
	x = g.Conv("conv3", x, Conv{Filters: 2, Kernel: 3, Pool: true})
	x = g.Conv("conv4", x, Conv{Filters: 3, Kernel: 1})
	x = g.Dense("dense1", x, Dense{Units: 5, ReLU: true})
	g.Loss(g.Dense("dense2", x, Dense{Units: 1}))
}

// fast makes a network of which the kernels can do every layer.
func fast[T Float](g *Graph[T], abs bool) {
	x := g.Images()
	x = g.Conv("conv1", x, Conv{Filters: 20, Kernel: 3, ReLU: true, Pool: true})
	x = g.Conv("conv2", x, Conv{Filters: 33, Kernel: 3, ReLU: true, Pool: true})
	x = g.Merge("merge", x, abs)
	x = g.Conv("conv3", x, Conv{Filters: 16, Kernel: 3, ReLU: true, Pool: true})
	x = g.Dense("dense1", x, Dense{Units: 40, ReLU: true})
	g.Loss(g.Dense("dense2", x, Dense{Units: 1}))
}

// mixed makes a network of both kinds.
func mixed[T Float](g *Graph[T], abs bool) {
	x := g.Images()
	x = g.Conv("conv1", x, Conv{Filters: 17, Kernel: 3, ReLU: true, Pool: true})
	x = g.Conv("conv2", x, Conv{Filters: 5, Kernel: 3, ReLU: true})
	x = g.Conv("conv3", x, Conv{Filters: 6, Kernel: 3, ReLU: true, Pool: true})
	x = g.Dense("dense1", x, Dense{Units: 7, ReLU: true})
	x = g.Merge("merge", x, abs)
	x = g.Dense("dense2", x, Dense{Units: 9, ReLU: true})
	x = g.Dense("dense3", x, Dense{Units: 35, ReLU: true})
	g.Loss(g.Dense("dense4", x, Dense{Units: 1}))
}

// A path is which loops do the work.
type path int

const (
	kernels path = iota
	winograd
	general
)

func training[T Float](t testing.TB, pairs, h, w int, abs bool, layers func(*Graph[T], bool), path path) *Machine[T] {
	t.Helper()
	g := NewGraph[T](pairs, h, w)
	g.General, g.Winograd = path == general, path == winograd
	layers(g, abs)
	m, err := g.Training()
	if err != nil {
		t.Fatal(err)
	}
	fill(m)
	return m
}

// fill sets parameters and batch to random values, the same for every machine
// of a network.
func fill[T Float](m *Machine[T]) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range m.Params() {
		v := make([]T, p.Len())
		for i := range v {
			v[i] = T(float32(r.NormFloat64() * math.Sqrt(2/float64(1+p.Len()/p.Dims[0]))))
		}
		p.Set(v)
	}
	for i := range m.Images() {
		m.Images()[i] = uint8(r.UintN(256))
	}
	for i := range m.Truth() {
		m.Truth()[i] = T(i % 2)
		m.Weight()[i] = T(1+i) / 16
	}
}

// TestNetworkGradient compares the gradient of every parameter with central
// differences of the loss, in float64.
func TestNetworkGradient(t *testing.T) {
	for _, abs := range []bool{false, true} {
		t.Run(fmt.Sprintf("abs=%v", abs), func(t *testing.T) {
			m := training(t, 3, 11, 9, abs, every[float64], kernels)
			if err := m.Gradients(); err != nil {
				t.Fatal(err)
			}
			grads := gradients(m)
			loss := func() float64 {
				if err := m.Gradients(); err != nil {
					t.Fatal(err)
				}
				return m.Loss()
			}
			for i, p := range m.Params() {
				w := make([]float64, p.Len())
				p.Get(w)
				nonzero := 0
				for k := range w {
					const h = 1e-6
					was := w[k]
					w[k] = was + h
					p.Set(w)
					up := loss()
					w[k] = was - h
					p.Set(w)
					down := loss()
					w[k] = was
					want := (up - down) / (2 * h)
					if math.Abs(grads[i][k]-want) > 1e-8+1e-6*math.Abs(want) {
						t.Errorf("%s[%d]: gradient %.10g, central difference %.10g", p.Name, k, grads[i][k], want)
					}
					if want != 0 {
						nonzero++
					}
				}
				p.Set(w)
				if nonzero == 0 {
					t.Errorf("%s: every gradient is 0, which shows nothing", p.Name)
				}
			}
		})
	}
}

func gradients[T Float](m *Machine[T]) [][]T {
	grads := make([][]T, len(m.Params()))
	for i, p := range m.Params() {
		grads[i] = make([]T, p.Len())
		p.GetGrad(grads[i])
	}
	return grads
}

// TestKernelsAgree compares logits, loss and gradients on the kernels with
// those of the general loops in float32 and float64.
func TestKernelsAgree(t *testing.T) {
	for name, n := range map[string]struct {
		h, w int
		f32  func(*Graph[float32], bool)
		f64  func(*Graph[float64], bool)
	}{
		"fast":  {27, 22, fast[float32], fast[float64]},
		"mixed": {13, 15, mixed[float32], mixed[float64]},
		"every": {11, 9, every[float32], every[float64]},
	} {
		for _, abs := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s,abs=%v", name, abs), func(t *testing.T) {
				k := training(t, 5, n.h, n.w, abs, n.f32, kernels)
				p := training(t, 5, n.h, n.w, abs, n.f32, general)
				w := training(t, 5, n.h, n.w, abs, n.f32, winograd)
				d := training(t, 5, n.h, n.w, abs, n.f64, kernels)
				for _, run := range []func() error{k.Gradients, w.Gradients, p.Gradients, d.Gradients} {
					if err := run(); err != nil {
						t.Fatal(err)
					}
				}
				want := d.Logits(make([]float64, 5))
				compare(t, "logits (kernels)", k.Logits(make([]float32, 5)), want)
				compare(t, "logits (winograd)", w.Logits(make([]float32, 5)), want)
				compare(t, "logits (general)", p.Logits(make([]float32, 5)), want)
				kg, wg, pg, dg := gradients(k), gradients(w), gradients(p), gradients(d)
				for i, param := range d.Params() {
					compare(t, param.Name+" gradient (kernels)", kg[i], dg[i])
					compare(t, param.Name+" gradient (winograd)", wg[i], dg[i])
					compare(t, param.Name+" gradient (general)", pg[i], dg[i])
				}
			})
		}
	}
}

// compare allows an error of 1e-5 of the largest value.
func compare(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		t.Errorf("%s: all zeros, which shows nothing", what)
	}
	for i, v := range want {
		if math.Abs(float64(got[i])-v) > 1e-5*largest {
			t.Errorf("%s[%d] = %v, want %v (largest %v)", what, i, got[i], v, largest)
			return
		}
	}
}

// TestForwardAgrees runs the same graph's two programs.
func TestForwardAgrees(t *testing.T) {
	m := training(t, 3, 27, 22, false, fast[float32], kernels)
	if err := m.Gradients(); err != nil {
		t.Fatal(err)
	}
	want := m.Logits(make([]float32, 3))
	if err := m.Forward(); err != nil {
		t.Fatal(err)
	}
	for i, z := range m.Logits(make([]float32, 3)) {
		if z != want[i] || z == 0 {
			t.Errorf("logit %d: %v in inference, %v in training", i, z, want[i])
		}
	}
}

// TestFusedStep takes steps with and without the gradients being stored.
func TestFusedStep(t *testing.T) {
	var weights [2][][]float32
	for i, clip := range []float64{0, 1e30} {
		m := training(t, 4, 27, 22, false, fast[float32], kernels)
		a := NewAdam[float32]()
		a.Clip, a.Decay = clip, 0.01
		for range 3 {
			if err := m.Step(a); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range m.Params() {
			w, first, second := p.Memory()
			weights[i] = append(weights[i], w, first, second)
		}
	}
	for i, w := range weights[0] {
		for k := range w {
			if math.Float32bits(w[k]) != math.Float32bits(weights[1][i][k]) {
				t.Fatalf("array %d, element %d: %v fused, %v with a clip that does not bind", i, k, w[k], weights[1][i][k])
			}
		}
	}
}
