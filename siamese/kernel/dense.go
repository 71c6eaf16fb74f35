package kernel

// denseBlock is how many inputs the weights of a block belong to.
const denseBlock = 64

// A Dense is a fully connected layer, y = x W + b: only its shape.
type Dense struct {
	In, Out int
}

// NewDense returns the layer.
func NewDense(in, out int) *Dense {
	if in < 1 || out < 1 {
		panic("kernel: NewDense: impossible shape")
	}
	return &Dense{In: in, Out: out}
}

// Width returns the length of a row of outputs: Out rounded up to 32. The rest of
// a row is zero.
func (d *Dense) Width() int { return roundUp(d.Out, tile) }

// Blocks returns the number of blocks of 64 inputs, by which the layer can be cut
// into chunks.
func (d *Dense) Blocks() int { return (d.In + denseBlock - 1) / denseBlock }

// WeightLen returns the length of the weights.
func (d *Dense) WeightLen() int { return d.Blocks() * d.blockLen() }

// blockLen is the length of a block of weights.
func (d *Dense) blockLen() int { return denseBlock * d.Width() }

// BiasLen returns the length of the biases.
func (d *Dense) BiasLen() int { return d.Width() }

// WeightIndex returns where the weight from input in to output out lies: blocks
// [in/64][out/32][64][32], in which one pass reads the old weights for the data
// gradient and updates them.
func (d *Dense) WeightIndex(in, out int) int {
	return in/denseBlock*d.blockLen() + out/tile*denseBlock*tile + in%denseBlock*tile + out%tile
}

// check panics unless the slices and the range fit a batch of n rows.
func (d *Dense) check(x []float32, n int, w []float32, lo, hi int) {
	if len(x) < n*d.In || len(w) < d.WeightLen() {
		panic("kernel: Dense: slice too short")
	}
	if n < 0 || lo < 0 || hi < lo || hi > d.Blocks() {
		panic("kernel: Dense: impossible range")
	}
}
