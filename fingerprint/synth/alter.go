package synth

import (
	"image"

	"whorl/fingerprint"
)

// Alter returns an altered copy of the print that [Print] returns for the same
// seed and finger, one of SOCOFing's alterations at one of its three levels:
// [fingerprint.Easy], Medium or Hard. Pixels outside the altered region keep
// their values, and the region grows with the level. Other alterations and
// levels panic.
func Alter(print *image.Gray, seed uint64, id fingerprint.Identity, a fingerprint.Alteration, level fingerprint.Subset) *image.Gray {
	out := image.NewGray(print.Rect)
	copy(out.Pix, print.Pix)
	of := []uint64{seed, uint64(id.Subject), uint64(id.Hand), uint64(id.Finger)}
	l := int(level - fingerprint.Easy)
	each := append(of, uint64(l))
	switch a {
	case fingerprint.CentralRotation:
		rotate(out, print, newSource("CR", each...), l)
	case fingerprint.Obliteration:
		// One cause, more or less of it: the same blotches at every level.
		obliterate(out, print, newSource("Obl", of...), l)
	case fingerprint.ZCut:
		zcut(out, print, newSource("Zcut", each...), l)
	default:
		panic("synth: unknown alteration")
	}
	return out
}

// middleOfInk returns the centroid of the dark pixels within the frame.
func middleOfInk(g *image.Gray) vec {
	var n, sx, sy int
	for y := frameBefore; y < bottom; y++ {
		for x := frameBefore; x < right; x++ {
			if g.Pix[y*g.Stride+x] < 128 {
				n, sx, sy = n+1, sx+x, sy+y
			}
		}
	}
	if n == 0 {
		return vec{Width / 2, Height / 2}
	}
	return vec{float64(sx) / float64(n), float64(sy) / float64(n)}
}

// place returns the centre of an alteration at level l whose extent is within
// the given distance of it: near the middle of the print, the more so the
// larger it is.
func place(r *source, g *image.Gray, l int, within float64) vec {
	spread := [...]float64{11, 8, 6.5}[l]
	m := middleOfInk(g).add(vec{r.around(0, spread), r.around(0, spread)})
	return vec{
		clamp(m.x, frameBefore+within, right-1-within),
		clamp(m.y, frameBefore+within, bottom-1-within),
	}
}

// rotate turns a disc about its centre. Around it the skin heals pale, in an
// uneven ring that is broadest about small discs.
func rotate(out, in *image.Gray, r *source, l int) {
	outer := r.around([...]float64{20, 27.5, 31}[l], [...]float64{0.8, 1.8, 2}[l])
	inner := outer - float64([...]float64{8.5, 3, 3}[l]*r.uniform(0.6, 1.3))
	pale := r.uniform(0.1, 1)
	uneven := clouds(r, 7)
	whole := [...]float64{0.1, 0.7, 0.7}[l] // -1 for no ring, 1 for an unbroken one
	faint := 0.0                            // now and then a small one turns pale all over
	if l == 0 && r.chance(0.3) {
		faint = r.uniform(0.5, 0.9)
	}
	c := place(r, in, l, outer)
	by := turn(r.uniform(0.4, 2.4)) // 44 to 135 degrees
	if r.chance(0.5) {
		by = by.conj()
	}
	eachPixel(func(x, y int) {
		p := vec{float64(x), float64(y)}
		d := p.sub(c)
		dist := d.length()
		if dist >= outer {
			return
		}
		v := float64(in.Pix[y*in.Stride+x])
		if dist < inner {
			v = sample(in, c.add(d.times(by)))
		}
		ring := float64(smoothstep(dist, inner-2, inner+1) * (1 - smoothstep(dist, inner, outer)))
		light := max(float64(1.2*ring*pale*(whole+uneven(p))), float64(faint*(1-smoothstep(dist, 4, outer))), 0)
		set(out, x, y, lerp(v, 255, min(light, 1)))
	})
}

// obliterate wears a ragged region down to blotches.
func obliterate(out, in *image.Gray, r *source, l int) {
	size := float64(r.uniform(17, 32) * [...]float64{0.75, 1, 1.15}[l])
	c := place(r, in, 0, 20)
	ragged := clouds(r, 12)
	coarse := clouds(r, r.uniform(5, 11))
	fine := clouds(r, 2.5)
	strength := r.uniform(0.5, 1.3)
	grey := r.uniform(80, 160)
	left := r.uniform(0.1, 0.4) // of the ridges
	eachPixel(func(x, y int) {
		p := vec{float64(x), float64(y)}
		noise := r.normal()
		dist := p.sub(c).length() + float64(0.35*size*ragged(p))
		worn := 1 - smoothstep(dist, size-6, size+3)
		if worn == 0 {
			return
		}
		was := float64(in.Pix[y*in.Stride+x])
		v := grey + float64(210*strength*coarse(p)) + float64(60*fine(p)) + float64(12*noise)
		v = lerp(v, lerp(was, blurred(in, x, y), 0.5), left)
		set(out, x, y, lerp(was, v, worn))
	})
}

// zcut swaps the two triangles of skin beside the diagonal of a parallelogram,
// as a Z-plasty does, and leaves pale scars along the strokes of the Z.
func zcut(out, in *image.Gray, r *source, l int) {
	long := float64([...]float64{17, 44, 60}[l] * r.uniform(0.9, 1.1))
	high := float64([...]float64{13, 27, 34}[l] * r.uniform(0.9, 1.1))
	c := place(r, in, l, [...]float64{11, 27, 36}[l])
	axis := turn(r.uniform(-0.25, 0.25))
	slant := vec{r.uniform(0.1, 0.5), 1}
	if r.chance(0.5) {
		slant.x = -slant.x
	}
	a := axis.scale(long)
	b := slant.times(axis).scale(high)
	corner := c.sub(a.add(b).scale(0.5))
	area := a.cross(b)
	scar := r.uniform(0.15, 0.7)
	eachPixel(func(x, y int) {
		d := vec{float64(x), float64(y)}.sub(corner)
		s, t := d.cross(b)/area, a.cross(d)/area
		if s < 0 || s > 1 || t < 0 || t > 1 {
			return
		}
		// Across the diagonal from the end of a to the end of b.
		from := corner.add(a.scale(1 - t)).add(b.scale(1 - s))
		v := sample(in, from)
		// The strokes: both long sides and the diagonal between them.
		off := min(float64(t*high), float64((1-t)*high), float64(max(s+t-1, 1-s-t)*0.7*high))
		light := float64(scar * (1 - smoothstep(off, 0, 2)))
		set(out, x, y, lerp(v, 255, light))
	})
}

// eachPixel visits the pixels within the frame.
func eachPixel(visit func(x, y int)) {
	for y := frameBefore; y < bottom; y++ {
		for x := frameBefore; x < right; x++ {
			visit(x, y)
		}
	}
}

// sample returns the grey value at p, bilinear between pixels within the
// frame, white beyond them.
func sample(g *image.Gray, p vec) float64 {
	x, y := int(p.x), int(p.y)
	if x < frameBefore || y < frameBefore || x >= right-1 || y >= bottom-1 {
		return 255
	}
	i := y*g.Stride + x
	u, v := p.x-float64(x), p.y-float64(y)
	return lerp(
		lerp(float64(g.Pix[i]), float64(g.Pix[i+1]), u),
		lerp(float64(g.Pix[i+g.Stride]), float64(g.Pix[i+g.Stride+1]), u), v)
}

// blurred returns the mean of the 5x5 pixels about one, within the frame.
func blurred(g *image.Gray, x, y int) float64 {
	var sum, n int
	for j := max(y-2, frameBefore); j < min(y+3, bottom); j++ {
		for i := max(x-2, frameBefore); i < min(x+3, right); i++ {
			sum += int(g.Pix[j*g.Stride+i])
			n++
		}
	}
	return float64(sum) / float64(n)
}

func set(g *image.Gray, x, y int, v float64) {
	g.Pix[y*g.Stride+x] = uint8(clamp(v, 0, 255) + 0.5)
}
