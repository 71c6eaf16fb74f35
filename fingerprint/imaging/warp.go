package imaging

// A warper applies affine transforms to images of one size.
type warper struct {
	w, h   int
	fill   uint8
	padded []uint8 // the source in a frame of one pixel of fill
}

func newWarper(w, h int, fill uint8) warper {
	p := make([]uint8, (w+2)*(h+2))
	for i := range p {
		p[i] = fill
	}
	return warper{w: w, h: h, fill: fill, padded: p}
}

// Positions are in fixed point of 16 bits.
const (
	posBits = 16
	posOne  = 1 << posBits
)

// An inverse maps the pixels of a result to positions in the source, each in
// fixed point: x y -> (x0 + x*xx + y*xy, y0 + x*yx + y*yy).
type inverse struct{ x0, xx, xy, y0, yx, yy int64 }

// invert returns where the pixels of t's result come from. As in imgaug (and
// skimage's AffineTransform), t scales about the image's centre, turns and
// then shifts: p' = C + shift + R(S(p - C)) with the centre C = (w-1, h-1)/2.
func (t Transform) invert(w, h int) inverse {
	sin, cos := sincos(t.Rotate)
	xx, xy := cos/t.ScaleX, sin/t.ScaleX
	yx, yy := -sin/t.ScaleY, cos/t.ScaleY
	cx, cy := float64(w-1)/2, float64(h-1)/2
	// The centre shifted is what comes from the centre.
	dx, dy := cx+float64(t.ShiftX*float64(w)), cy+float64(t.ShiftY*float64(h))
	return inverse{
		x0: fixed(cx - (float64(xx*dx) + float64(xy*dy))), xx: fixed(xx), xy: fixed(xy),
		y0: fixed(cy - (float64(yx*dx) + float64(yy*dy))), yx: fixed(yx), yy: fixed(yy),
	}
}

// fixed rounds to the nearest.
func fixed(v float64) int64 {
	v *= posOne
	if v < 0 {
		return -int64(0.5 - v)
	}
	return int64(v + 0.5)
}

// apply writes to dst what t's affine part makes of src.
func (p *warper) apply(dst, src []uint8, t Transform) {
	stride := p.w + 2
	for y := range p.h {
		copy(p.padded[(y+1)*stride+1:], src[y*p.w:(y+1)*p.w])
	}
	m := t.invert(p.w, p.h)
	// The frame shifts the source by a pixel; half a pixel more turns rounding
	// to the nearest into truncation.
	offset := int64(posOne)
	if !t.Bilinear {
		offset += posOne / 2
	}
	for y := range p.h {
		row := dst[y*p.w : (y+1)*p.w]
		fx, fy := m.x0+int64(y)*m.xy+offset, m.y0+int64(y)*m.yy+offset
		// Within [lo, hi) every pixel that is read lies in the padded image.
		lo, hi := span(fx, m.xx, int64(p.w+1)<<posBits, p.w)
		lo2, hi2 := span(fy, m.yx, int64(p.h+1)<<posBits, p.w)
		lo, hi = max(lo, lo2), min(hi, hi2)
		if lo >= hi {
			lo, hi = p.w, p.w
		}
		fillAll(row[:lo], p.fill)
		fillAll(row[hi:], p.fill)
		fx, fy = fx+int64(lo)*m.xx, fy+int64(lo)*m.yx
		if t.Bilinear {
			p.bilinear(row[lo:hi], fx, fy, m.xx, m.yx)
		} else {
			p.nearest(row[lo:hi], fx, fy, m.xx, m.yx)
		}
	}
}

// bilinear interpolates along a line through the padded source, with weights
// of 8 bits.
func (p *warper) bilinear(dst []uint8, fx, fy, dx, dy int64) {
	stride := p.w + 2
	for i := range dst {
		at := int(fy>>posBits)*stride + int(fx>>posBits)
		q := p.padded[at : at+stride+2]
		wx, wy := int(fx>>8&255), int(fy>>8&255)
		above := int(q[0])<<8 + wx*(int(q[1])-int(q[0]))
		below := int(q[stride])<<8 + wx*(int(q[stride+1])-int(q[stride]))
		dst[i] = uint8((above<<8 + wy*(below-above) + 1<<15) >> 16)
		fx, fy = fx+dx, fy+dy
	}
}

// nearest takes pixels along a line through the padded source.
func (p *warper) nearest(dst []uint8, fx, fy, dx, dy int64) {
	stride := p.w + 2
	for i := range dst {
		dst[i] = p.padded[int(fy>>posBits)*stride+int(fx>>posBits)]
		fx, fy = fx+dx, fy+dy
	}
}

// span returns the x in [0, n) for which 0 <= start + x*step < limit, as a
// half-open interval that may be empty (lo >= hi).
func span(start, step, limit int64, n int) (lo, hi int) {
	switch {
	case step == 0 && (start < 0 || start >= limit):
		return 0, 0
	case step == 0:
		return 0, n
	case step < 0: // mirror: the same values are those of the negated line
		start, step = limit-1-start, -step
	}
	first, end := ceilDiv(-start, step), ceilDiv(limit-start, step)
	return int(max(first, 0)), int(min(end, int64(n)))
}

// ceilDiv divides by a positive b and rounds up.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

func fillAll(p []uint8, v uint8) {
	for i := range p {
		p[i] = v
	}
}
