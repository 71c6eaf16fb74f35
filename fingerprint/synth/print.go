package synth

import "image"

// The size of every print, that of SOCOFing, frame included.
const (
	Width  = 96
	Height = 103
)

// Fingers is how many a subject has: finger hand*5+f is finger f of hand, with
// hand 0 for left, and f from 0 for the thumb to 4 for the little finger.
const Fingers = 10

// The frame that SOCOFing's scanner software left around each print: two
// shades at the left and the top, black at the right and the bottom.
const (
	frameBefore = 2
	frameAfter  = 4
	right       = Width - frameAfter
	bottom      = Height - frameAfter
)

// Print returns the print of a finger: 96x103 grey pixels, dark ridges on
// white, with SOCOFing's frame.
func Print(seed uint64, subject, finger int) *image.Gray {
	s := newSubject(seed, subject)
	r := newSource("print", seed, uint64(subject), uint64(finger))
	c := newContact(r)
	p := newPattern(r, finger/5)
	ridges := growRidges(r, &p, &c, s.period*r.uniform(0.96, 1.04))
	g := impress(r, &s, &c, ridges)
	frame(g)
	return g
}

// A contact is where and how the finger touched the sensor.
type contact struct {
	centre vec // of the pad, image coordinates
	half   vec // half width and height of the upper, elliptic part
	lean   float64
	rough  func(x, y int) float64
}

func newContact(r *source) contact {
	return contact{
		centre: vec{47 + 4*r.normal(), 54 + 4*r.normal()},
		half:   vec{r.uniform(34, 44), r.uniform(36, 48)},
		lean:   0.12 * r.normal(),
		rough:  clouds(r, 5),
	}
}

// depth returns how far inside the outline a pixel is, in pixels and
// negative outside.
func (c *contact) depth(x, y int) float64 {
	d := vec{float64(x), float64(y)}.sub(c.centre)
	d.x += float64(c.lean * d.y)
	if d.y > 0 { // the sides go down almost straight
		d.y *= 0.45
	}
	e := vec{d.x / c.half.x, d.y / c.half.y}.length()
	return (1-e)*c.half.x + 1.6*c.rough(x, y)
}

// growRidges returns the ridge signal over the padded grid.
func growRidges(r *source, p *pattern, c *contact, period float64) []int32 {
	b := filters()
	f := new(field)
	wide := clouds(r, 40)
	for y := range gridH {
		for x := range gridW {
			i := y*gridW + x
			f[i] = -1
			ix, iy := x-pad, y-pad
			if ix < 0 || iy < 0 || ix >= Width || iy >= Height || c.depth(ix, iy) < -4 {
				continue
			}
			z := vec{float64(ix) - c.centre.x, c.centre.y - float64(iy)}
			local := period * (1 + 0.07*wide(ix, iy) - float64(0.0012*z.y))
			f[i] = b.nearest(p.orientation(z), local)
		}
	}
	return b.grow(r, f, 7)
}

// impress turns the ridge signal into the picture that a sensor takes of it.
func impress(r *source, s *subject, c *contact, ridges []int32) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, Width, Height))
	press := clouds(r, 30)
	patch := clouds(r, 9)
	dust := clouds(r, 24)
	moist := 0.22*s.moisture + 0.08*r.normal()
	fade := r.uniform(0, 30)    // rows of the tip that touch lightly
	dirty := r.uniform(-0.3, 1) // how much dust lies beside the finger
	scars := newCreases(r, s, c)
	for y := range Height {
		for x := range Width {
			depth := c.depth(x, y)
			level := 0.0 // 0 is white, 1 is ink
			if depth > -3 {
				signal := float64(ridges[(y+pad)*gridW+x+pad]) / unity
				touch := moist + 0.35*press(x, y) + 0.15*patch(x, y)
				touch -= 1.6 * (1 - smoothstep(depth, -3, 4))
				touch -= 1.5 * scars.at(x, y)
				level = 0.5 + 1.1*(signal+touch+0.42*r.normal())
				level *= 1 - 0.6*(1-smoothstep(float64(y)-(c.centre.y-c.half.y), 0, fade+1))
			} else {
				r.normal()
				below := smoothstep(float64(y), 55, 110)
				d := dirty*below*(1+dust(x, y)) - 0.2
				if d > 0 && r.chance(d) {
					level = r.uniform(0, 0.7)
				}
			}
			g.Pix[y*g.Stride+x] = uint8(255 - clamp(level, 0, 1)*(255-s.ink) + 0.5)
		}
	}
	return g
}

// creases are the flexion lines of aged or worked skin, white across the
// ridges.
type creases []struct {
	from, along vec
	length      float64
	width       float64
}

func newCreases(r *source, s *subject, c *contact) creases {
	n := int(s.creases * r.uniform(0, 4))
	cs := make(creases, n)
	for i := range cs {
		cs[i].from = c.centre.add(vec{r.uniform(-30, 30), r.uniform(-35, 35)})
		cs[i].along = turn(r.uniform(-1, 1))
		cs[i].length = r.uniform(8, 40)
		cs[i].width = r.uniform(0.7, 1.4)
	}
	return cs
}

// at returns how much of a crease runs through a pixel, 0 to 1.
func (cs creases) at(x, y int) float64 {
	most := 0.0
	for i := range cs {
		k := &cs[i]
		d := vec{float64(x), float64(y)}.sub(k.from)
		t := d.dot(k.along)
		if t < 0 || t > k.length {
			continue
		}
		off := d.cross(k.along)
		most = max(most, 1-smoothstep(max(off, -off), 0.3, k.width+0.5))
	}
	return most
}

func frame(g *image.Gray) {
	for y := range Height {
		for x := range Width {
			p := &g.Pix[y*g.Stride+x]
			switch {
			case x >= right || y >= bottom:
				*p = 0
			case x == 0 || y == 0:
				*p = 160
			case x == 1 || y == 1:
				*p = 105
			}
		}
	}
}
