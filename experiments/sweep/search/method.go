package search

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
	"gonum.org/v1/gonum/stat/samplemv"

	"whorl/experiments/sweep/space"
)

// A Method proposes configurations.
type Method interface {
	// Propose returns the configuration that follows those seen, or false if
	// there are no more.
	Propose(seen []Observation) (space.Point, bool)

	// Adaptive reports whether the proposal with this number, counted from 1,
	// depends on results.
	Adaptive(number int) bool
}

// An Observation is what is known of a configuration.
type Observation struct {
	Point    space.Point
	Known    bool    // false if no result may be used yet
	Resource int     // of the result
	Value    float64 // to be minimized; +Inf if the configuration failed
}

// A List is a method that proposes given points, one after another.
type List []space.Point

// Propose implements [Method].
func (l List) Propose(seen []Observation) (space.Point, bool) {
	if len(seen) >= len(l) {
		return nil, false
	}
	return l[len(seen)], true
}

// Adaptive implements [Method].
func (List) Adaptive(int) bool { return false }

// stream returns the random numbers for a purpose of a configuration. They
// are a function of the arguments only.
func stream(seed uint64, purpose string, number int) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "whorl search %s %d %d", purpose, seed, number))))
}

// attempts is how often a point is drawn again that was drawn before.
const attempts = 100

// Random returns n different points of the space, each drawn independently of
// the others; fewer if the space has no more.
func Random(s *space.Space, n int, seed uint64) List {
	var points List
	taken := map[string]bool{}
	for len(points) < n {
		p := draw(s, stream(seed, "random", len(points)+1), taken)
		if p == nil {
			break
		}
		taken[p.Key()] = true
		points = append(points, p)
	}
	return points
}

// draw returns a random point that is not taken, or nil if all are.
func draw(s *space.Space, r *rand.Rand, taken map[string]bool) space.Point {
	u := make([]float64, len(s.Params))
	for range attempts {
		for i := range u {
			u[i] = r.Float64()
		}
		if p := s.At(u); !taken[p.Key()] {
			return p
		}
	}
	var free []space.Point // few are left of a small space
	for _, p := range s.Points(len(taken) + 1000) {
		if !taken[p.Key()] {
			free = append(free, p)
		}
	}
	if len(free) == 0 {
		return nil
	}
	return free[r.IntN(len(free))]
}

// Halton returns n different points of the space that cover it evenly: a
// Halton sequence, scrambled as in A. Owen, "A randomized Halton algorithm in
// R" (2017). It returns fewer if the sequence meets no more different ones
// within 64 n points.
func Halton(s *space.Space, n int, seed uint64) List {
	d := len(s.Params)
	if d == 0 || n == 0 {
		return Random(s, n, seed)
	}
	for rows := n; ; rows *= 4 {
		u := mat.NewDense(rows, d, nil)
		src := rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "whorl search halton %d", seed)))
		samplemv.Halton{Kind: samplemv.Owen, Q: distmv.NewUnitUniform(d, nil), Src: src}.Sample(u)
		var points List
		taken := map[string]bool{}
		for i := 0; i < rows && len(points) < n; i++ {
			row := u.RawRowView(i)
			for k := range row {
				row[k] = math.Nextafter(min(row[k], 1), 0)
			}
			p := s.At(row)
			if !taken[p.Key()] {
				taken[p.Key()] = true
				points = append(points, p)
			}
		}
		if len(points) == n || rows >= 64*n {
			return points
		}
	}
}
