package imaging

// A Transform is what is done to one sample.
type Transform struct {
	Sigma          float64 // of the Gaussian blur, pixels; 0 for none
	ScaleX, ScaleY float64
	ShiftX, ShiftY float64 // as a share of the width and height; right and down
	Rotate         float64 // degrees, clockwise as one sees it
	Bilinear       bool    // interpolates; otherwise takes the nearest pixel
	BlurLast       bool    // blurs after the affine transform, not before
}

// Sample draws the transform of a sample in an epoch. Each number has its
// place in the sample's stream, so that policies which differ in one part give
// a sample the same values of all the others.
func (p Policy) Sample(seed uint64, epoch, sample int) Transform {
	s := newStream(seed, uint64(epoch), uint64(sample))
	return Transform{
		Sigma:    s.uniform(p.Sigma[0], p.Sigma[1]),
		ScaleX:   s.uniform(p.Scale[0], p.Scale[1]),
		ScaleY:   s.uniform(p.Scale[0], p.Scale[1]),
		ShiftX:   s.uniform(p.Shift[0], p.Shift[1]),
		ShiftY:   s.uniform(p.Shift[0], p.Shift[1]),
		Rotate:   s.uniform(p.Rotate[0], p.Rotate[1]),
		Bilinear: s.coin(),
		BlurLast: s.coin(),
	}
}

// Moves tells whether the affine part does anything.
func (t Transform) Moves() bool {
	return t.ScaleX != 1 || t.ScaleY != 1 || t.ShiftX != 0 || t.ShiftY != 0 || t.Rotate != 0
}

// An Augmenter applies a policy to images of one size. It has scratch memory
// of its own and is used by one goroutine at a time; any number of them with
// the same policy and seed give the same images.
type Augmenter struct {
	policy Policy
	seed   uint64
	blur   blurrer
	warp   warper
	half   []uint8 // between the two steps
}

// NewAugmenter returns an Augmenter for images of w by h pixels.
func NewAugmenter(p Policy, seed uint64, w, h int) *Augmenter {
	return &Augmenter{
		policy: p,
		seed:   seed,
		blur:   newBlurrer(w, h),
		warp:   newWarper(w, h, p.Fill),
		half:   make([]uint8, w*h),
	}
}

// Apply writes to dst what becomes of src, an image of the Augmenter's size,
// as the given sample of the given epoch. dst and src must not overlap.
func (a *Augmenter) Apply(dst, src []uint8, epoch, sample int) {
	a.Transform(dst, src, a.policy.Sample(a.seed, epoch, sample))
}

// Transform writes to dst what the transform makes of src.
func (a *Augmenter) Transform(dst, src []uint8, t Transform) {
	blurs := a.blur.set(t.Sigma)
	switch {
	case !blurs && !t.Moves():
		copy(dst, src)
	case !blurs:
		a.warp.apply(dst, src, t)
	case !t.Moves():
		a.blur.apply(dst, src)
	case t.BlurLast:
		a.warp.apply(a.half, src, t)
		a.blur.apply(dst, a.half)
	default:
		a.blur.apply(a.half, src)
		a.warp.apply(dst, a.half, t)
	}
}
