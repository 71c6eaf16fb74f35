package synth

import (
	"image"

	"whorl/fingerprint"
)

// The size of every print, that of SOCOFing, frame included.
const (
	Width  = 96
	Height = 103
)

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
func Print(seed uint64, id fingerprint.Identity) *image.Gray {
	s := newSubject(seed, id.Subject)
	r := newSource("print", seed, uint64(id.Subject), uint64(id.Hand), uint64(id.Finger))
	c := newContact(r)
	p := newPattern(r, id.Hand)
	ridges := growRidges(r, &p, &c, float64(s.period*r.uniform(0.96, 1.04)))
	g := impress(r, &s, &c, ridges)
	drawFrame(g)
	return g
}

// growRidges returns the ridge signal of the finger that has the pattern.
func growRidges(r *source, p *pattern, c *contact, period float64) *signal {
	b := filters()
	f := new(field)
	wide := clouds(r, 50)
	for y := range paddedH {
		for x := range paddedW {
			i := y*paddedW + x
			f[i] = none
			at := vec{float64(x - radius), float64(y - radius)}
			if at.x < 0 || at.y < 0 || at.x >= gridW || at.y >= gridH || c.depth(at) < -4 {
				continue
			}
			z := vec{at.x - c.centre.x, c.centre.y - at.y}
			wider := float64(0.07*wide(at)) - float64(0.0012*z.y)
			f[i] = b.nearest(p.orientation(z), period+float64(period*wider))
		}
	}
	return b.grow(r, f, 7)
}

func drawFrame(g *image.Gray) {
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
