package synth

import "math"

// A vec is a point or direction of the plane, or the complex number x + iy.
// Every product is rounded before it is added; see the package comment.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec           { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec           { return vec{a.x - b.x, a.y - b.y} }
func (a vec) scale(k float64) vec     { return vec{float64(a.x * k), float64(a.y * k)} }
func (a vec) conj() vec               { return vec{a.x, -a.y} }
func (a vec) dot(b vec) float64       { return float64(a.x*b.x) + float64(a.y*b.y) }
func (a vec) cross(b vec) float64     { return float64(a.x*b.y) - float64(a.y*b.x) }
func (a vec) length() float64         { return math.Sqrt(a.dot(a)) }
func (a vec) times(b vec) vec         { return vec{a.dot(b.conj()), float64(a.x*b.y) + float64(a.y*b.x)} }
func lerp(a, b, t float64) float64    { return a + float64(t*(b-a)) }
func clamp(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

// unit returns a with length 1, or 1 if a is too short to have a direction.
func (a vec) unit() vec {
	l := a.length()
	if l < 1e-9 {
		return vec{1, 0}
	}
	return vec{a.x / l, a.y / l}
}

// turn returns the unit vector at the angle whose half has tangent t.
func turn(t float64) vec {
	tt := float64(t * t)
	return vec{(1 - tt) / (1 + tt), (t + t) / (1 + tt)}
}

// smoothstep rises from 0 at lo to 1 at hi.
func smoothstep(v, lo, hi float64) float64 {
	t := clamp((v-lo)/(hi-lo), 0, 1)
	return float64(t * t * (3 - (t + t)))
}

// cosine returns the cosine of an angle in turns: the Taylor series about the
// nearest quarter that needs it, to 1e-9.
func cosine(turns float64) float64 {
	t := turns - math.Floor(turns) // 0 <= t < 1; Floor is exact
	if t > 0.5 {
		t = 1 - t
	}
	sign := 1.0
	if t > 0.25 {
		t, sign = 0.5-t, -1
	}
	x := float64(t * (2 * math.Pi))
	xx := float64(x * x)
	c := 1.0
	for n := 12; n > 0; n -= 2 {
		c = 1 - float64(c*xx)/float64(n*(n-1))
	}
	return float64(sign * c)
}

// clouds is smooth random variation within ±1 over the growing grid or any
// smaller picture: random values at the given spacing, interpolated.
func clouds(r *source, spacing float64) func(p vec) float64 {
	cols := int(gridW/spacing) + 2
	rows := int(gridH/spacing) + 2
	grid := make([]float64, cols*rows)
	for i := range grid {
		grid[i] = r.uniform(-1, 1)
	}
	return func(p vec) float64 {
		gx, gy := p.x/spacing, p.y/spacing
		i, j := int(gx), int(gy)
		u := smoothstep(gx-float64(i), 0, 1)
		v := smoothstep(gy-float64(j), 0, 1)
		k := j*cols + i
		return lerp(lerp(grid[k], grid[k+1], u), lerp(grid[k+cols], grid[k+cols+1], u), v)
	}
}
