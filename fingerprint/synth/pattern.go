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

// classShares are the frequencies of the classes among all fingers (Wilson,
// Candela and Watson, "Neural network fingerprint classification", J. of
// Artificial Neural Networks 1, 1993), which count double loops as whorls.
var classShares = [...]float64{arch: 0.037, tentedArch: 0.029, loop: 0.655, whorl: 0.229, doubleLoop: 0.05}

// A pattern is the orientation field of a finger. Its coordinates are grid
// pixels from the middle of the pad, x to the right and y up.
type pattern struct {
	class  class
	cores  []vec
	tails  []vec // into which each core opens, unit
	deltas []vec
	tilt   vec     // rotation of the whole field, unit
	arch   float64 // curvature of the arcs at the tip, per pixel
	bump   float64 // slope of an arch's bump
	narrow float64 // half width of an arch's bump, pixels
}

// newPattern draws the pattern of a finger. hand is 0 for left: most loops
// open towards the little finger.
func newPattern(r *source, hand uint8) pattern {
	p := pattern{
		class: drawClass(r),
		tilt:  turn(r.around(0, 0.07)),
		arch:  r.uniform(0.007, 0.014),
	}
	open := 1.0
	if hand == 0 {
		open = -1
	}
	if r.chance(0.06) {
		open = -open // a radial loop
	}
	centre := vec{r.around(0, 4), r.around(-14, 9)}
	delta := func(side float64) vec {
		return centre.add(vec{float64(side * r.uniform(32, 50)), -r.uniform(35, 60)})
	}
	switch p.class {
	case arch:
		p.bump, p.narrow = r.uniform(1.2, 2.2), r.uniform(22, 34)
	case tentedArch:
		p.bump, p.narrow = r.uniform(0.4, 0.9), r.uniform(16, 24)
		p.cores = []vec{centre}
		p.deltas = []vec{centre.add(vec{r.around(0, 2), -r.uniform(20, 36)})}
	case loop:
		p.cores = []vec{centre}
		p.deltas = []vec{delta(-open)}
	case whorl, doubleLoop:
		apart := r.uniform(3, 10)
		axis := vec{r.around(0, 0.3), 1}
		if p.class == doubleLoop {
			apart = r.uniform(10, 15)
			axis = vec{open, r.uniform(0.3, 1)}
		}
		half := axis.unit().scale(apart)
		p.cores = []vec{centre.add(half), centre.sub(half)}
		p.deltas = []vec{delta(-1), delta(1)}
	}
	p.tails = make([]vec, len(p.cores))
	for i, c := range p.cores {
		p.tails[i] = p.smooth(c)
		for j, other := range p.cores {
			if j != i {
				p.tails[i] = p.tails[i].times(c.sub(other).unit())
			}
		}
		for _, d := range p.deltas {
			p.tails[i] = p.tails[i].times(c.sub(d).unit().conj())
		}
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
	u := p.smooth(z)
	for i, c := range p.cores {
		u = u.times(p.round(i, z.sub(c)))
	}
	for _, d := range p.deltas {
		u = u.times(z.sub(d).unit().conj())
	}
	return u.times(p.tilt).times(p.tilt)
}

// round returns the factor of core i at d from it. The plain d/|d| would open
// the ridges into a fan of parabolas. Skin keeps them parallel: drawing out
// the side of the tail, as Vizcaya and Gerhardt bend the angles (Pattern
// Recognition 29, 1996), lets most of the turn happen near the core.
func (p *pattern) round(i int, d vec) vec {
	const drawn = 2.2
	d = d.times(p.tails[i].conj()) // the tail to the right
	if d.x > 0 {
		d.x = float64(drawn * d.x)
	}
	return d.unit().times(p.tails[i])
}

// smooth returns the part of the field that has no singularity: arcs, flatter
// towards the joint, and the bump of an arch.
func (p *pattern) smooth(z vec) vec {
	slope := float64(-p.arch * z.x * (0.25 + float64(0.75*smoothstep(z.y, -50, 50))))
	if p.bump != 0 {
		x, y := z.x/p.narrow, (z.y+15)/55
		wide := 1 + float64(x*x)
		slope -= p.bump * x / (wide * wide) / (1 + float64(y*y))
	}
	d := vec{1, slope}.unit()
	return d.times(d)
}
