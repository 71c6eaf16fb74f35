package siamese

import "whorl/siamese/kernel"

// dotPairs compares embeddings that are the first of two dense layers before
// its bias and ReLU.
type dotPairs struct {
	bias   []float32 // of the first layer
	w      []float32 // of the second, which has one output
	output float32   // its bias
}

func (d *dotPairs) tile() (probes, gallery int) { return 128, 256 }

func (d *dotPairs) worker() pairWorker {
	return &dotWorker{dotPairs: d, panel: kernel.Make(len(d.w) * kernel.Panel)}
}

type dotWorker struct {
	*dotPairs
	probes, panel []float32
}

func (d *dotWorker) compare(z []float32, stride int, probes, gallery []float32) {
	k := len(d.w)
	if len(d.probes) < len(probes) {
		d.probes = kernel.Make(len(probes))
	}
	for i, v := range probes {
		d.probes[i] = v + d.bias[i%k]
	}
	for at := 0; at < len(gallery)/k; at += kernel.Panel {
		n := min(kernel.Panel, len(gallery)/k-at)
		kernel.PackPanel(d.panel, gallery[at*k:], n, k)
		kernel.ReLUDot(z[at:], stride, d.probes, len(probes)/k, d.panel, d.w, d.output)
	}
}
