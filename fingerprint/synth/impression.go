package synth

import "image"

// A contact is where and how the finger touched the sensor. Its coordinates
// are those of the growing grid, y down.
type contact struct {
	centre vec // of the pad
	half   vec // half width and height of the upper, elliptic part
	lean   float64
	ragged func(vec) float64
}

func newContact(r *source) contact {
	half := vec{r.uniform(48, 62), r.uniform(50, 64)}
	tip := r.around(13, 7)
	return contact{
		centre: vec{r.around(59, 4), max(tip, 2) + half.y},
		half:   half,
		lean:   r.around(0, 0.08),
		ragged: clouds(r, 5),
	}
}

// depth returns how far inside the outline p is, in grid pixels and negative
// outside.
func (c *contact) depth(p vec) float64 {
	d := p.sub(c.centre)
	d.x += float64(c.lean * d.y)
	if d.y > 0 { // the sides go down almost straight
		d.y = float64(0.4 * d.y)
	}
	e := vec{d.x / c.half.x, d.y / c.half.y}.length()
	return float64((1-e)*c.half.x) + float64(2*c.ragged(p))
}

// impress turns the ridge signal into the picture that a sensor takes of it.
func impress(r *source, s *subject, c *contact, ridges *signal) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, Width, Height))
	press := clouds(r, 40)
	patch := clouds(r, 10)
	dust := clouds(r, 30)
	moist := r.around(float64(0.25*s.moisture)-0.06, 0.08)
	lower := r.uniform(-0.1, 0.7) // how much harder the lower part is pressed
	grain := r.uniform(0.28, 0.58)
	fade := r.uniform(2, 55)    // of the tip, which touches lightly
	dirty := r.uniform(-0.5, 1) // how much dust lies beside the finger
	skin := newCreases(r, s, c)
	for y := range Height {
		for x := range Width {
			p := vec{float64(float64(x) * stretchX), float64(float64(y) * stretchY)}
			noise, luck := r.normal(), r.uniform(0, 1)
			depth := c.depth(p)
			var level float64 // 0 is white, 1 is ink
			if depth > -3 {
				touch := moist + float64(0.55*press(p)) + float64(0.3*patch(p)) +
					float64(lower*smoothstep(p.y, 40, 140)) -
					float64(1.8*(1-smoothstep(depth, -3, 5))) -
					float64(2*skin.at(p))
				level = 0.5 + float64(0.72*(ridges.at(p)+touch+float64(grain*noise)))
				light := 1 - smoothstep(p.y-(c.centre.y-c.half.y), 0, fade)
				level = float64(level * (1 - float64(0.75*light)))
			}
			// Grains of dust and sweat lie on the lower part of the glass.
			low := smoothstep(p.y, 50, 170)
			if luck < float64(dirty*low*(1.1+dust(p))) {
				level = max(level, float64(0.35*low)+float64(0.25*noise))
			}
			g.Pix[y*g.Stride+x] = uint8(255.5 - float64(clamp(level, 0, 1)*(255-s.ink)))
		}
	}
	return g
}

// creases are the flexion lines of aged or worked skin and small scars, white
// across the ridges.
type creases []crease

type crease struct {
	from, along   vec
	length, width float64
}

func newCreases(r *source, s *subject, c *contact) creases {
	cs := make(creases, int(s.creases*r.uniform(0, 5)))
	for i := range cs {
		cs[i] = crease{
			from:   c.centre.add(vec{r.uniform(-40, 40), r.uniform(-45, 45)}),
			along:  turn(r.uniform(-1, 1)),
			length: r.uniform(2, 40),
			width:  r.uniform(0.5, 2.2),
		}
	}
	return cs
}

// at returns how much of a crease runs through p, 0 to 1.
func (cs creases) at(p vec) float64 {
	most := 0.0
	for i := range cs {
		d := p.sub(cs[i].from)
		if t := d.dot(cs[i].along); t < 0 || t > cs[i].length {
			continue
		}
		off := d.cross(cs[i].along)
		most = max(most, 1-smoothstep(max(off, -off), 0.4, cs[i].width+0.8))
	}
	return most
}
