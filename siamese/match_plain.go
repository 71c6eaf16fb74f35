package siamese

import (
	"whorl/siamese/nn"
	"whorl/siamese/plain"
)

// plainPairs compares codes by the general loops, one pair at a time: for
// heads that the kernels do not have.
type plainPairs struct {
	network *Network
	code    nn.Data
}

func (p *plainPairs) tile() (probes, gallery int) { return 4, 16 }

func (p *plainPairs) worker() pairWorker { return p }

func (p *plainPairs) compare(z []float32, stride int, probes, gallery []float32) {
	length := p.code.Len()
	for i := range len(probes) / length {
		for j := range len(gallery) / length {
			z[i*stride+j] = p.logit(probes[i*length:][:length], gallery[j*length:][:length])
		}
	}
}

func (p *plainPairs) logit(probe, gallery []float32) float32 {
	a := p.network.Architecture
	x := make([]float32, len(probe))
	plain.Merge(x, probe, gallery, a.Merge == Abs)
	at, params := p.code, p.network.headParams()
	for i, l := range a.Head {
		x, at = layer(l, x, at, params[2*i].Data, params[2*i+1].Data)
	}
	return x[0]
}

// layer returns the output of a layer for one input, and its shape.
func layer(l Layer, x []float32, in nn.Data, w, b []float32) ([]float32, nn.Data) {
	out := nn.Data{C: l.Width, H: 1, W: 1}
	if l.Kind == Dense {
		y := make([]float32, l.Width)
		plain.DenseForward(y, x, w, b)
		if l.ReLU {
			plain.ReLU(y, make([]int32, len(y)), y)
		}
		return y, out
	}
	out.H, out.W = in.H, in.W
	y := make([]float32, out.Len())
	plain.ConvForward(plain.Conv{In: in.C, Out: l.Width, H: in.H, W: in.W, Kernel: l.Kernel}, y, x, w, b)
	if l.Pool {
		out.H, out.W = in.H/2, in.W/2
		pooled := make([]float32, out.Len())
		plain.MaxPool(pooled, make([]int32, len(pooled)), y, l.Width, in.H, in.W, l.ReLU)
		return pooled, out
	}
	if l.ReLU {
		plain.ReLU(y, make([]int32, len(y)), y)
	}
	return y, out
}
