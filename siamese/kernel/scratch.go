package kernel

// A Scratch is the working memory of one worker in one layer.
type Scratch struct {
	lists lists
	// Winograd: transformed inputs [16][block][in], products [16][block][out],
	// a plane of winogradPlane for each of the 16
	v, m []float32
	// blocks of a dense layer: inputs and data gradient as [64][batch], the
	// output's gradient as [width][batch], the weights' gradient [width/32][64][32]
	x, dx, dyT, g []float32
	batch         int
}

// NewScratch returns what [Conv.Backward] and [Conv.ForwardWinograd] need.
func (c *Conv) NewScratch() *Scratch {
	room := bandRows * (c.W / 2)
	s := &Scratch{lists: lists{entries: make([]entry, Lanes*room+1), room: room}}
	if c.In > 1 {
		s.v = Make(frequencies * winogradPlane(c.Input().Groups()*Lanes))
		s.m = Make(frequencies * winogradPlane(roundUp(c.Out, tile)))
	}
	return s
}

// NewScratch returns what the backward passes need for batches of up to n rows.
func (d *Dense) NewScratch(n int) *Scratch {
	batch := roundUp(n, tile)
	return &Scratch{
		batch: batch,
		x:     Make(denseBlock * batch), dx: Make(denseBlock * batch),
		dyT: Make(d.Width() * batch), g: Make(denseBlock * d.Width()),
	}
}
