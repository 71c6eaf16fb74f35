package siamese

import "fmt"

// Images is a stack of grey images of one size, black 0 to white 255, stored
// one after another in rows from the top. The pixels may lie in a mapped file
// and are never written to.
type Images struct {
	Pix     []uint8 // N*H*W pixels; nil for a concatenation
	N, H, W int

	parts []Images // of a concatenation
}

// Concat is the images of all the stacks in the order given, numbered through
// from 0. No pixel is copied.
func Concat(stacks ...Images) Images {
	if len(stacks) == 0 {
		return Images{}
	}
	all := Images{H: stacks[0].H, W: stacks[0].W, parts: stacks}
	for _, s := range stacks {
		all.N += s.N
	}
	return all
}

// At returns the H*W pixels of image i, which must be in [0, N).
func (im Images) At(i int) []uint8 {
	if i < 0 || i >= im.N {
		panic(fmt.Sprintf("siamese: image %d of %d", i, im.N))
	}
	if im.parts == nil {
		size := im.H * im.W
		return im.Pix[i*size : (i+1)*size : (i+1)*size]
	}
	p := 0
	for i >= im.parts[p].N {
		i -= im.parts[p].N
		p++
	}
	return im.parts[p].At(i)
}

// check returns an error if the images are not N of H by W pixels.
func (im Images) check(what string, h, w int) error {
	for _, p := range im.parts {
		if err := p.check(what, h, w); err != nil {
			return err
		}
	}
	switch {
	case im.N == 0 && im.parts == nil:
		return nil
	case im.H != h || im.W != w:
		return fmt.Errorf("%s: images are %dx%d pixels, want %dx%d", what, im.H, im.W, h, w)
	case im.parts == nil && len(im.Pix) != im.N*h*w:
		return fmt.Errorf("%s: %d pixels, want %d images of %dx%d", what, len(im.Pix), im.N, h, w)
	}
	return nil
}
