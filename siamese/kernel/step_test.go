package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// A trainer is a whole training step of one of the networks, put together from
// the kernels as the package comment says.
type trainer struct {
	team     *Team
	pairs    int
	winograd bool
	convs    []*layer // before the merge, then after it
	merged   int      // convs[merged:] come after the merge
	d, dd    []float32
	hidden   *dense
	last     *dense
	pix      []uint8
	labels   []float32
	step     int
	scratch  [][]*Scratch // [worker][layer]
	loss     float64
	jobs     map[string]func(worker, chunk int)
}

// trainChunks is how many chunks sums over images and blocks are cut into.
const trainChunks = 16

type param struct{ w, m, v, g []float32 }

func newParam(n, parts int) param {
	return param{Make(n), Make(n), Make(n), Make(n * parts)}
}

type layer struct {
	c            *Conv
	n            int // images
	w, b         param
	packed       []float32
	x, y, dx, dy []float32
	codes        []uint8
}

type dense struct {
	d           *Dense
	w, b        param
	part, y, dy []float32
	scratch     []*Scratch
}

func newTrainer(name string, pairs, workers int, winograd bool) *trainer {
	t := &trainer{team: NewTeam(workers), pairs: pairs, winograd: winograd, merged: 2, jobs: map[string]func(int, int){}}
	r := random(3)
	convs := []*Conv{NewConv(90, 90, 1, 32, 1), NewConv(45, 45, 32, 64, 0)}
	units := 128
	if name == "compact" {
		convs = []*Conv{NewConv(90, 90, 1, 32, 1), NewConv(45, 45, 32, 32, 1), NewConv(22, 22, 32, 32, 0)}
		units = 64
	}
	var x, dx []float32
	for i, c := range convs {
		l := &layer{c: c, n: 2 * pairs, w: newParam(c.WeightLen(), trainChunks), b: newParam(c.BiasLen(), trainChunks)}
		if i >= t.merged {
			l.n = pairs
		}
		if i == t.merged {
			t.d, t.dd = Make(pairs*c.InputLen()), Make(pairs*c.InputLen())
			x, dx = t.d, t.dd
		}
		if i == 0 {
			x = Make(l.n * c.InputLen())
		}
		l.x, l.dx = x, dx
		l.y, l.dy = Make(l.n*c.Output().Len()), Make(l.n*c.Output().Len())
		x, dx = l.y, l.dy
		l.codes = make([]uint8, l.n*c.CodesLen())
		l.packed = Make(max(c.PackedLen(), c.WinogradLen()))
		scale := float32(math.Sqrt(2 / float64(taps*c.In)))
		for o := range c.Out {
			for in := range c.In {
				for tap := range taps {
					l.w.w[c.WeightIndex(o, in, tap)] = (2*r.Float32() - 1) * scale
				}
			}
		}
		t.convs = append(t.convs, l)
	}
	if len(convs) == t.merged {
		n := convs[1].Output().Len()
		t.d, t.dd = Make(pairs*n), Make(pairs*n)
	}
	t.hidden = newDense(r, convs[len(convs)-1].Output().Len(), units, pairs, trainChunks, workers)
	t.last = newDense(r, units, 1, pairs, 1, 1)
	t.pix = make([]uint8, 2*pairs*90*90)
	for i := range t.pix {
		t.pix[i] = uint8(r.Uint32())
	}
	for i := range pairs {
		t.labels = append(t.labels, float32(i%2))
	}
	for range workers {
		var s []*Scratch
		for _, l := range t.convs {
			s = append(s, l.c.NewScratch())
		}
		t.scratch = append(t.scratch, s)
	}
	return t
}

func newDense(r *rand.Rand, in, out, n, chunks, workers int) *dense {
	d := NewDense(in, out)
	e := &dense{
		d: d, w: newParam(d.WeightLen(), 1), b: newParam(d.BiasLen(), 1),
		part: Make(chunks * n * d.Width()), y: Make(n * d.Width()), dy: Make(n * d.Width()),
	}
	scale := float32(math.Sqrt(1 / float64(in)))
	for i := range in {
		for o := range out {
			e.w.w[d.WeightIndex(i, o)] = (2*r.Float32() - 1) * scale
		}
	}
	for range workers {
		e.scratch = append(e.scratch, d.NewScratch(n))
	}
	return e
}

// do runs a job over the team, made once.
func (t *trainer) do(name string, chunks int, job func(worker, chunk int)) {
	if t.jobs[name] == nil {
		t.jobs[name] = job
	}
	t.team.Do(chunks, t.jobs[name])
}

func span(chunk, chunks, n int) (lo, hi int) { return chunk * n / chunks, (chunk + 1) * n / chunks }

// forward leaves the logits in last.y.
func (t *trainer) forward() {
	for _, l := range t.convs {
		if t.winograd && l.c.In > 1 {
			l.c.PackWinograd(l.packed, l.w.w)
		} else {
			l.c.Pack(l.packed, l.w.w)
		}
	}
	t.do("twins", 2*t.pairs, func(worker, i int) {
		first := t.convs[0]
		Pixels(first.input(i), t.pix[i*8100:], 90, 90)
		for j, l := range t.convs[:t.merged] {
			t.conv(l, i, t.scratch[worker][j])
		}
	})
	merge := t.convs[t.merged-1]
	t.do("head", t.pairs, func(worker, i int) {
		n := merge.c.Output().Len()
		Subtract(t.d[i*n:(i+1)*n], merge.y[i*n:(i+1)*n], merge.y[(t.pairs+i)*n:][:n])
		for j, l := range t.convs[t.merged:] {
			t.conv(l, i, t.scratch[worker][t.merged+j])
		}
	})
	h := t.hidden
	t.do("dense", trainChunks, func(_, chunk int) {
		lo, hi := span(chunk, trainChunks, h.d.Blocks())
		h.d.Forward(h.part[chunk*t.pairs*h.d.Width():], t.features(), t.pairs, h.w.w, lo, hi)
	})
	h.d.Finish(h.y, h.part, trainChunks, t.pairs, h.b.w, true)
	t.last.d.Forward(t.last.part, h.y, t.pairs, t.last.w.w, 0, t.last.d.Blocks())
	t.last.d.Finish(t.last.y, t.last.part, 1, t.pairs, t.last.b.w, false)
}

func (t *trainer) conv(l *layer, i int, s *Scratch) {
	if t.winograd && l.c.In > 1 {
		l.c.ForwardWinograd(l.output(i), l.code(i), l.input(i), l.packed, l.b.w, s)
		return
	}
	l.c.Forward(l.output(i), l.code(i), l.input(i), l.packed, l.b.w)
}

func (l *layer) input(i int) []float32  { return l.x[i*l.c.InputLen():][:l.c.InputLen()] }
func (l *layer) output(i int) []float32 { return l.y[i*l.c.Output().Len():][:l.c.Output().Len()] }
func (l *layer) code(i int) []uint8     { return l.codes[i*l.c.CodesLen():][:l.c.CodesLen()] }

// features is the input of the dense layers and dFeatures its gradient.
func (t *trainer) features() []float32 {
	if t.merged == len(t.convs) {
		return t.d
	}
	return t.convs[len(t.convs)-1].y
}

func (t *trainer) dFeatures() []float32 {
	if t.merged == len(t.convs) {
		return t.dd
	}
	return t.convs[len(t.convs)-1].dy
}

// train does a whole step.
func (t *trainer) train() {
	t.step++
	t.forward()
	a := Adam{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Step: t.step}
	h, z := t.hidden, t.last
	t.loss = crossEntropy(z.dy, z.y, z.d.Width(), t.labels)
	z.d.BiasGradient(z.b.g, z.dy, t.pairs)
	z.d.BackwardAdam(h.dy, z.w.w, z.w.m, z.w.v, h.y, z.dy, t.pairs, 0, z.d.Blocks(), a, z.scratch[0])
	ReLUGradient(h.dy, h.y)
	h.d.BiasGradient(h.b.g, h.dy, t.pairs)
	t.do("dense back", trainChunks, func(worker, chunk int) {
		lo, hi := span(chunk, trainChunks, h.d.Blocks())
		a := Adam{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Step: t.step}
		h.d.BackwardAdam(t.dFeatures(), h.w.w, h.w.m, h.w.v, t.features(), h.dy, t.pairs, lo, hi, a, h.scratch[worker])
	})
	z.b.update(a, 1)
	h.b.update(a, 1)
	t.do("head back", trainChunks, func(worker, chunk int) {
		for j := len(t.convs) - 1; j >= t.merged; j-- {
			t.backward(j, worker, chunk)
		}
		merge := t.convs[t.merged-1]
		n := merge.c.Output().Len()
		for i, hi := span(chunk, trainChunks, t.pairs); i < hi; i++ {
			SubtractGradient(merge.dy[i*n:(i+1)*n], merge.dy[(t.pairs+i)*n:][:n], t.dd[i*n:(i+1)*n])
		}
	})
	t.do("twins back", trainChunks, func(worker, chunk int) {
		for j := t.merged - 1; j >= 0; j-- {
			t.backward(j, worker, chunk)
		}
	})
	for _, l := range t.convs {
		l.w.update(a, trainChunks)
		l.b.update(a, trainChunks)
	}
}

// crossEntropy returns the mean loss of the logits z, and its gradient in dz.
func crossEntropy(dz, z []float32, width int, labels []float32) float64 {
	clear(dz)
	sum := 0.0
	for i, label := range labels {
		logit, y := float64(z[i*width]), float64(label)
		sum += Softplus(logit) - y*logit
		dz[i*width] = float32((Sigmoid(logit) - y) / float64(len(labels)))
	}
	return sum / float64(len(labels))
}

// backward adds up a chunk's images in layer j.
func (t *trainer) backward(j, worker, chunk int) {
	l := t.convs[j]
	n := l.c.Output().Len()
	dw, db := l.w.g[chunk*l.c.WeightLen():][:l.c.WeightLen()], l.b.g[chunk*l.c.BiasLen():][:l.c.BiasLen()]
	clear(dw)
	clear(db)
	for i, hi := span(chunk, trainChunks, l.n); i < hi; i++ {
		var dx []float32
		if j > 0 {
			dx = l.dx[i*l.c.InputLen():][:l.c.InputLen()]
		}
		l.c.Backward(dx, dw, db, l.dy[i*n:(i+1)*n], l.code(i), l.input(i), l.w.w, t.scratch[worker][j])
	}
}

func (p *param) update(a Adam, parts int) {
	Reduce(p.g, parts)
	a.Update(p.w, p.m, p.v, p.g[:len(p.w)], 1)
}

// digest is of all weights and moments, in an order that does not depend on
// layouts. It is not SHA-256: with GOEXPERIMENT=simd, Go 1.26 restores all 32
// vector registers after a preemption, after which the instructions for SHA are a
// hundred times as slow on some CPUs.
func (t *trainer) digest() string {
	h := fnv.New64a()
	add := func(p param, n int, index func(i int) int) {
		buf := make([]byte, 0, 12*n)
		for i := range n {
			at := index(i)
			for _, s := range [][]float32{p.w, p.m, p.v} {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(s[at]+0)) // -0 is 0
			}
		}
		h.Write(buf)
	}
	same := func(i int) int { return i }
	for _, l := range t.convs {
		add(l.w, l.c.Out*l.c.In*taps, func(i int) int { return l.c.WeightIndex(i/taps/l.c.In, i/taps%l.c.In, i%taps) })
		add(l.b, l.c.Out, same)
	}
	for _, d := range []*dense{t.hidden, t.last} {
		add(d.w, d.d.In*d.d.Out, func(i int) int { return d.d.WeightIndex(i/d.d.Out, i%d.d.Out) })
		add(d.b, d.d.Out, same)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// stepDigests are of the weights and moments after two steps of two pairs. They
// are the same on every CPU, in every build; a change of them is a change of
// NUMERICS.md and of [Variant].
var stepDigests = map[string]string{
	"post": "fad6aa9ccfab9826", "post winograd": "ec53ab9e12a14ba6",
	"compact": "724be2a81e72be9d", "compact winograd": "2ccc0d8f23633f1c",
}

// TestStepBits trains a little with every family and number of workers, and
// wants the one digest.
func TestStepBits(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for name, want := range stepDigests {
			net, algorithm, _ := strings.Cut(name, " ")
			slow := active.name == "scalar" || raceEnabled
			workers := []int{1, 2, 3, 7}
			switch {
			case slow && net == "post":
				if testing.Short() || raceEnabled {
					continue
				}
				workers = []int{2}
			case slow:
				workers = []int{3}
			case net == "post": // most of its time goes into 4 million weights
				workers = []int{1, 3}
			}
			for _, n := range workers {
				tr := newTrainer(net, 2, n, algorithm != "")
				tr.train()
				first := tr.loss
				tr.train()
				if got := tr.digest(); got != want {
					t.Errorf("%s, %d workers: weights are %s, want %s", name, n, got, want)
				}
				if !(tr.loss < first) {
					t.Errorf("%s: loss went from %v to %v", name, first, tr.loss)
				}
			}
		}
	})
}
