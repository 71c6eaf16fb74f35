package nn

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
)

// fastDense is a fully connected layer, optionally with ReLU, on the kernels.
// Inputs: x (n, In), weights and biases in the kernel's layouts. Output: (n,
// Width).
type fastDense struct {
	team   *kernel.Team
	name   string
	shape  *kernel.Dense
	relu   bool
	n      int
	weight *Param[float32]

	y     *tensor.Dense
	parts []float32 // of the output, one for each chunk of inputs

	dx, dw, db *tensor.Dense // dw is made when it is first needed
	scratch    []*kernel.Scratch

	now                           denseArgs
	forwardJob, backJob, fusedJob func(worker, chunk int)
}

// denseArgs are the arguments of the call that is under way.
type denseArgs struct {
	x, w, b       []float32
	dx, dw, dy    []float32
	adam          kernel.Adam
	first, second []float32
}

func newDense(team *kernel.Team, name string, n int, shape *kernel.Dense, relu bool) *fastDense {
	d := &fastDense{team: team, name: name, n: n, shape: shape, relu: relu}
	d.y = array[float32](n, shape.Width())
	d.parts = kernel.Make(d.chunks() * n * shape.Width())
	d.forwardJob, d.backJob, d.fusedJob = d.forwardChunk, d.backwardChunk, d.fusedChunk
	return d
}

// chunks is into how many parts the inputs are split.
func (d *fastDense) chunks() int { return min(parts, d.shape.Blocks()) }

// blocks are the bounds of a chunk.
func (d *fastDense) blocks(chunk int) (lo, hi int) {
	n, b := d.chunks(), d.shape.Blocks()
	return chunk * b / n, (chunk + 1) * b / n
}

func (d *fastDense) String() string         { return d.name }
func (d *fastDense) output() gorgonia.Value { return d.y }
func (d *fastDense) hasGradient(int) bool   { return true }

func (d *fastDense) prepare() {
	d.dx, d.db = array[float32](d.n, d.shape.In), array[float32](d.shape.BiasLen())
	for range d.team.Workers() {
		d.scratch = append(d.scratch, d.shape.NewScratch(d.n))
	}
}

// gradient of the weights is meaningless after a fused step.
func (d *fastDense) gradient(i int) gorgonia.Value {
	if i == 1 && d.dw == nil {
		return done
	}
	return []gorgonia.Value{d.dx, d.dw, d.db}[i]
}

func (d *fastDense) forward(in []gorgonia.Value) {
	d.now = denseArgs{x: floats[float32](in[0]), w: floats[float32](in[1]), b: floats[float32](in[2])}
	d.team.Do(d.chunks(), d.forwardJob)
	d.shape.Finish(floats[float32](d.y), d.parts, d.chunks(), d.n, d.now.b, d.relu)
}

func (d *fastDense) forwardChunk(_, c int) {
	lo, hi := d.blocks(c)
	d.shape.Forward(image(d.parts, c, d.n*d.shape.Width()), d.now.x, d.n, d.now.w, lo, hi)
}

func (d *fastDense) backward(in []gorgonia.Value, grad gorgonia.Value) {
	dy := floats[float32](grad)
	if d.relu {
		kernel.ReLUGradient(dy, floats[float32](d.y))
	}
	d.shape.BiasGradient(floats[float32](d.db), dy, d.n)
	d.now = denseArgs{x: floats[float32](in[0]), w: floats[float32](in[1]), dx: floats[float32](d.dx), dy: dy}
	p := d.weight
	if p.fuse != nil {
		d.now.adam, d.now.first, d.now.second = p.fuse.kernel(p.fuse.decay(p), p.fuse.Steps+1), p.first, p.second
		d.team.Do(d.chunks(), d.fusedJob)
		p.updated = true
		return
	}
	if d.dw == nil {
		d.dw = array[float32](d.shape.WeightLen())
	}
	d.now.dw = floats[float32](d.dw)
	d.team.Do(d.chunks(), d.backJob)
}

func (d *fastDense) backwardChunk(worker, c int) {
	lo, hi := d.blocks(c)
	a := &d.now
	d.shape.Backward(a.dx, a.dw, a.x, a.dy, d.n, a.w, lo, hi, d.scratch[worker])
}

func (d *fastDense) fusedChunk(worker, c int) {
	lo, hi := d.blocks(c)
	a := &d.now
	d.shape.BackwardAdam(a.dx, a.w, a.first, a.second, a.x, a.dy, d.n, lo, hi, a.adam, d.scratch[worker])
}
