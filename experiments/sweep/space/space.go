package space

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A Space is a set of parameters. Make one with [New].
type Space struct {
	Params []Param
	order  []int // parameters, each after those that its conditions name
}

// A ParamError says what is wrong with a parameter of a space.
type ParamError struct {
	Param   int // its index
	Message string
}

func (e *ParamError) Error() string { return e.Message }

// New checks the parameters and returns their space. An error is a
// [*ParamError] for the first parameter that is wrong.
func New(params []Param) (*Space, error) {
	s := &Space{Params: slices.Clone(params)}
	for i := range s.Params {
		p := &s.Params[i]
		if message := p.check(); message != "" {
			return nil, &ParamError{i, message}
		}
		if p.Integer && p.Step == 0 && !p.Log {
			p.Step = 1
		}
		if p.Step > 0 {
			p.Max = p.Value(p.Count() - 1) // the last that the step reaches
		}
		for _, c := range p.When {
			if c.Param < 0 || c.Param >= len(params) || c.Param == i {
				return nil, &ParamError{i, "a condition must name another parameter of the space"}
			}
		}
	}
	return s, s.sort()
}

func (p *Param) check() string {
	switch {
	case p.Choices < 0:
		return "the number of categories is negative"
	case p.Choices > 0:
		return ""
	case math.IsNaN(p.Min) || math.IsInf(p.Min, 0) || math.IsNaN(p.Max) || math.IsInf(p.Max, 0):
		return "min and max must be finite"
	case p.Min > p.Max:
		return fmt.Sprintf("min %v is above max %v", p.Min, p.Max)
	case p.Step < 0 || math.IsNaN(p.Step) || math.IsInf(p.Step, 0):
		return "step must be positive and finite"
	case p.Log && p.Min <= 0:
		return fmt.Sprintf("min must be above 0 on a logarithmic scale, not %v", p.Min)
	case p.Log && p.Step > 0:
		return "a logarithmic scale has no step"
	case p.Step > 0 && (p.Max-p.Min)/p.Step > 1e6:
		return "the step is too small: the range has more than 1000000 values"
	case math.IsInf(p.Max-p.Min, 0):
		return "the range is too wide"
	case p.Integer && (p.Min != math.Trunc(p.Min) || p.Max != math.Trunc(p.Max) || p.Step != math.Trunc(p.Step)):
		return "a range of integers has integers as min, max and step"
	case p.Integer && p.Max-p.Min > 1<<50:
		return "the range is too wide"
	}
	return ""
}

// sort finds an order in which conditions can be decided.
func (s *Space) sort() error {
	placed := make([]bool, len(s.Params))
	for len(s.order) < len(s.Params) {
		before := len(s.order)
		for i, p := range s.Params {
			ready := !slices.ContainsFunc(p.When, func(c Condition) bool { return !placed[c.Param] })
			if !placed[i] && ready {
				placed[i], s.order = true, append(s.order, i)
				break // the first that is ready, so that the order given is kept
			}
		}
		if len(s.order) == before {
			return &ParamError{slices.Index(placed, false), "its conditions depend on each other in a circle"}
		}
	}
	return nil
}

// A Point is a configuration: a number for each parameter, NaN if the
// parameter is not active.
type Point []float64

// Key returns a text that is the same for points that are the same.
func (p Point) Key() string {
	var b []byte
	for _, x := range p {
		b = append(strconv.AppendFloat(b, x, 'g', -1, 64), ' ')
	}
	return string(b)
}

// Active reports whether parameter i is active, given the values of those that
// its conditions name.
func (s *Space) Active(p Point, i int) bool {
	for _, c := range s.Params[i].When {
		if !slices.Contains(c.Values, p[c.Param]) { // NaN is in no list
			return false
		}
	}
	return true
}

// Order returns the indices of the parameters, each after those that its
// conditions name.
func (s *Space) Order() []int { return s.order }

// At returns the point at a position in the unit cube, one quantile for each
// parameter.
func (s *Space) At(u []float64) Point {
	p := make(Point, len(s.Params))
	for _, i := range s.order {
		if p[i] = math.NaN(); s.Active(p, i) {
			p[i] = s.Params[i].At(u[i])
		}
	}
	return p
}

// Points returns all points of a space without continuous ranges, in order,
// the last parameter changing fastest; at most limit of them. It returns nil
// if a range is continuous.
func (s *Space) Points(limit int) []Point {
	for i := range s.Params {
		if s.Params[i].Count() == 0 {
			return nil
		}
	}
	var points []Point
	p := make(Point, len(s.Params))
	var fill func(k int)
	fill = func(k int) {
		if len(points) == limit {
			return
		}
		if k == len(s.order) {
			points = append(points, slices.Clone(p))
			return
		}
		i := s.order[k]
		if p[i] = math.NaN(); !s.Active(p, i) {
			fill(k + 1)
			return
		}
		for v := range s.Params[i].Count() {
			if len(points) == limit {
				return
			}
			p[i] = s.Params[i].Value(v)
			fill(k + 1)
		}
	}
	fill(0)
	return points
}
