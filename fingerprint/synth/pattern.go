package synth

// A class is one of the patterns of Henry's system.
type class int

const (
	arch class = iota
	tentedArch
	loop
	whorl
	doubleLoop
)

// classShares are the frequencies of the classes among all fingers, rounded
// from those of NIST's files (Watson and Wilson, Special Database 4, 1992).
var classShares = [...]float64{arch: 0.05, tentedArch: 0.04, loop: 0.63, whorl: 0.23, doubleLoop: 0.05}

// A pattern is the orientation field of a finger. Its coordinates are pixels
// from the middle of the pad, x to the right and y up.
type pattern struct {
	class  class
	cores  []vec
	deltas []vec
	tilt   vec     // rotation of the whole field, unit
	arch   float64 // curvature of the arcs at the tip, per pixel
	bump   float64 // slope of an arch's bump
	narrow float64 // half width of an arch's bump, pixels
}

// newPattern draws the pattern of a finger. hand is 0 for left: most loops
// open towards the little finger.
func newPattern(r *source, hand int) pattern {
	p := pattern{
		class: drawClass(r),
		tilt:  turn(0.08 * r.normal()),
		arch:  r.uniform(0.006, 0.013),
	}
	side := 1.0
	if hand == 0 {
		side = -1
	}
	if r.chance(0.06) {
		side = -side // a radial loop
	}
	centre := vec{3 * r.normal(), -2 + 6*r.normal()}
	delta := func(side float64) vec {
		return centre.add(vec{side * r.uniform(28, 42), -r.uniform(30, 48)})
	}
	switch p.class {
	case arch:
		p.bump, p.narrow = r.uniform(1.2, 2.2), r.uniform(18, 28)
	case tentedArch:
		p.bump, p.narrow = r.uniform(0.4, 0.9), r.uniform(12, 18)
		p.cores = []vec{centre}
		p.deltas = []vec{centre.add(vec{2 * r.normal(), -r.uniform(16, 30)})}
	case loop:
		p.cores = []vec{centre}
		p.deltas = []vec{delta(-side)}
	case whorl, doubleLoop:
		apart := r.uniform(2, 7)
		axis := vec{0.3 * r.normal(), 1}
		if p.class == doubleLoop {
			apart = r.uniform(8, 12)
			axis = vec{side, r.uniform(0.3, 1)}
		}
		half := axis.unit().scale(apart)
		p.cores = []vec{centre.add(half), centre.sub(half)}
		p.deltas = []vec{delta(-1), delta(1)}
	}
	return p
}

func drawClass(r *source) class {
	u := r.uniform(0, 1)
	for c, share := range classShares {
		if u -= share; u < 0 {
			return class(c)
		}
	}
	return loop
}

// orientation returns the direction of the ridges at z as the unit vector of
// twice its angle. In that form the field of Sherlock and Monro,
// 2θ = Σ arg(z-core) - Σ arg(z-delta), is a product of complex numbers.
func (p *pattern) orientation(z vec) vec {
	z = z.times(p.tilt.conj())
	// The arcs of the tip, flatter towards the joint.
	slope := -p.arch * z.x * (0.3 + float64(0.7*smoothstep(z.y, -45, 45)))
	if p.bump != 0 {
		x, y := z.x/p.narrow, (z.y+12)/45
		wide := 1 + float64(x*x)
		slope -= p.bump * x / (wide * wide) / (1 + float64(y*y))
	}
	d := vec{1, slope}.unit()
	u := d.times(d)
	for _, c := range p.cores {
		u = u.times(z.sub(c).unit())
	}
	for _, d := range p.deltas {
		u = u.times(z.sub(d).unit().conj())
	}
	return u.times(p.tilt).times(p.tilt)
}
