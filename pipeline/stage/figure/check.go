package figure

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
)

// Check reports the first thing that is wrong with a set.
func (s Set) Check() error {
	seen := map[string]bool{}
	for i, f := range s.Figures {
		if f.Name == "" || seen[f.Name] {
			return fmt.Errorf("figure %d: its name %q is empty or used twice", i+1, f.Name)
		}
		seen[f.Name] = true
		if err := f.check(); err != nil {
			return fmt.Errorf("figure %q: %w", f.Name, err)
		}
	}
	return nil
}

func (f Figure) check() error {
	kinds := 0
	var err error
	try := func(set bool, check func() error) {
		if set {
			kinds++
			err = check()
		}
	}
	try(f.Curve != nil, f.Curve.check)
	try(f.Histogram != nil, f.Histogram.check)
	try(f.Matrix != nil, f.Matrix.check)
	try(f.Estimates != nil, f.Estimates.check)
	try(f.Pairs != nil, f.Pairs.check)
	if kinds != 1 {
		return fmt.Errorf("it has %d of curve, histogram, matrix, estimates and pairs: want one", kinds)
	}
	return err
}

func (a Axis) check() error {
	switch a.Scale {
	case "", Linear, Log, Normal:
	default:
		return fmt.Errorf("axis %q: unknown scale %q", a.Label, a.Scale)
	}
	for _, bound := range []*float64{a.Min, a.Max} {
		if bound != nil && !a.fits(*bound) {
			return fmt.Errorf("axis %q: the bound %v does not fit its scale", a.Label, *bound)
		}
	}
	if a.Min != nil && a.Max != nil && *a.Min >= *a.Max {
		return fmt.Errorf("axis %q: the bounds %v and %v are not ascending", a.Label, *a.Min, *a.Max)
	}
	return nil
}

// fits reports whether a bound can be drawn on the axis.
func (a Axis) fits(x float64) bool {
	switch a.Scale {
	case Log:
		return finite(x) && x > 0
	case Normal:
		return x > 0 && x < 1
	}
	return finite(x)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func allFinite(lists ...[]float64) bool {
	for _, l := range lists {
		if slices.ContainsFunc(l, func(x float64) bool { return !finite(x) }) {
			return false
		}
	}
	return true
}

func (c *Curve) check() error {
	if err := errors.Join(c.X.check(), c.Y.check()); err != nil {
		return err
	}
	for i, l := range c.Lines {
		switch n := len(l.X); {
		case len(l.Y) != n:
			return fmt.Errorf("line %d has %d x and %d y", i+1, n, len(l.Y))
		case len(l.Low) != len(l.High) || len(l.Low) != 0 && len(l.Low) != n:
			return fmt.Errorf("line %d has %d points and a band of %d and %d", i+1, n, len(l.Low), len(l.High))
		case !allFinite(l.X, l.Y, l.Low, l.High):
			return fmt.Errorf("line %d has a value that is not finite", i+1)
		}
	}
	return checkMarks(c.Marks)
}

func checkMarks(marks []Mark) error {
	for _, m := range marks {
		if !finite(m.X) || !finite(m.Y) {
			return fmt.Errorf("mark %q is not finite", m.Name)
		}
	}
	return nil
}

func (h *Histogram) check() error {
	if err := h.X.check(); err != nil {
		return err
	}
	if len(h.Edges) < 2 || !allFinite(h.Edges) {
		return errors.New("it needs at least two finite edges")
	}
	for i := range h.Edges[1:] {
		if h.Edges[i] >= h.Edges[i+1] {
			return fmt.Errorf("edges %v and %v are not ascending", h.Edges[i], h.Edges[i+1])
		}
	}
	for _, g := range h.Groups {
		if len(g.Counts) != len(h.Edges)-1 {
			return fmt.Errorf("group %q has %d counts between %d edges", g.Name, len(g.Counts), len(h.Edges))
		}
		for _, n := range g.Counts {
			if !finite(n) || n < 0 {
				return fmt.Errorf("group %q: a count is %v", g.Name, n)
			}
		}
	}
	return checkMarks(h.Marks)
}

func (m *Matrix) check() error {
	if len(m.Counts) != len(m.Rows) {
		return fmt.Errorf("it names %d rows and has %d", len(m.Rows), len(m.Counts))
	}
	for i, row := range m.Counts {
		if len(row) != len(m.Columns) {
			return fmt.Errorf("row %q has %d counts for %d columns", m.Rows[i], len(row), len(m.Columns))
		}
		for _, n := range row {
			if n < 0 {
				return fmt.Errorf("row %q: a count is %d", m.Rows[i], n)
			}
		}
	}
	return nil
}

func (e *Estimates) check() error {
	if !finite(e.Level) || e.Level < 0 || e.Level >= 1 {
		return fmt.Errorf("the confidence level is %v", e.Level)
	}
	for _, r := range e.Rows {
		if !finite(r.Value) || (r.Low == nil) != (r.High == nil) || r.N < 0 {
			return fmt.Errorf("estimate %q is incomplete", r.Name)
		}
		if r.Low != nil && (!finite(*r.Low) || !finite(*r.High) || *r.Low > *r.High) {
			return fmt.Errorf("estimate %q: the interval is %v to %v", r.Name, *r.Low, *r.High)
		}
	}
	return nil
}

func (p *Pairs) check() error {
	for _, it := range p.Items {
		if it.ID == "" || !finite(it.Value) {
			return fmt.Errorf("pair %q has no id or no finite value", it.ID)
		}
		for _, im := range []Image{it.Left, it.Right} {
			if !fs.ValidPath(im.File) || im.File == "." {
				return fmt.Errorf("pair %q: %q is not the path of a file below the output", it.ID, im.File)
			}
		}
	}
	return nil
}
