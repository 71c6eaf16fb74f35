package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/experiments/sweep/space"
	"whorl/pipeline/record"
)

// A plane is the space of a sweep with what its points mean.
type plane struct {
	params []Param // those of the space
	list   [][]Setting
	space  *space.Space
}

// A spaceError is a problem with a parameter of the space.
type spaceError struct {
	param   *Param
	message string
}

func (e *spaceError) Error() string { return e.message }

// plane returns the space that is searched. It has an error only for a
// definition that Parse would refuse.
func (s *Sweep) plane() (*plane, error) {
	if s.Search.Method == "list" {
		sp, err := space.New([]space.Param{{Name: "configuration", Choices: len(s.Search.List)}})
		return &plane{list: s.Search.List, space: sp}, err
	}
	pl := &plane{params: s.apply()}
	params := make([]space.Param, len(pl.params))
	for i := range pl.params {
		p := &pl.params[i]
		if s.Search.Method == "grid" {
			p.divide()
		}
		if params[i] = (space.Param{Choices: len(p.Categories)}); p.Range != nil {
			params[i] = *p.Range
		}
		params[i].Name = p.Key
	}
	for i, p := range pl.params {
		for _, c := range p.When {
			k := slices.IndexFunc(pl.params, func(q Param) bool { return q.Key == c.Key })
			if r := pl.params[k].Range; r != nil && r.Count() == 0 {
				return nil, &spaceError{&pl.params[i], fmt.Sprintf("when: %s is a continuous range: a condition names values", c.Key)}
			}
			values, err := pl.params[k].indices(c.Values)
			if err != nil {
				return nil, &spaceError{&pl.params[i], err.Error()}
			}
			params[i].When = append(params[i].When, space.Condition{Param: k, Values: values})
		}
	}
	var err error
	pl.space, err = space.New(params)
	if e := (*space.ParamError)(nil); errors.As(err, &e) {
		return nil, &spaceError{&pl.params[e.Param], e.Message}
	}
	return pl, err
}

// apply returns the parameters without the conditions on what is not varied,
// and without the parameters for which these do not hold.
func (s *Sweep) apply() []Param {
	params := slices.Clone(s.Search.Space)
	for i := range params {
		params[i].When = slices.Clone(params[i].When)
	}
	never := func(c Condition) bool {
		if s.varies(c.Key) { // but may have been left out
			return !slices.ContainsFunc(params, func(p Param) bool { return p.Key == c.Key })
		}
		holds, known := s.holds(c)
		return known && !holds
	}
	for before := -1; before != len(params); { // leaving one out may be the end of others
		before = len(params)
		for i := 0; i < len(params); i++ {
			if slices.ContainsFunc(params[i].When, never) {
				params = slices.Delete(params, i, i+1)
				i--
			}
		}
	}
	for i := range params {
		if r := params[i].Range; r != nil && r.Integer && s.outside != nil {
			if v, ok := s.outside(params[i].Key); ok {
				if _, isFloat := v.(float64); isFloat {
					numbers := *r
					numbers.Integer = false
					params[i].Range = &numbers
				}
			}
		}
		params[i].When = slices.DeleteFunc(params[i].When, func(c Condition) bool { return !s.varies(c.Key) })
	}
	return params
}

func (s *Sweep) varies(key string) bool {
	return slices.ContainsFunc(s.Search.Space, func(p Param) bool { return p.Key == key })
}

// holds reports whether a condition on a parameter that is not varied holds,
// if the value of that parameter is known.
func (s *Sweep) holds(c Condition) (holds, known bool) {
	value, known := s.constant(c.Key)
	return slices.ContainsFunc(c.Values, func(x Setting) bool { return canonical(x.Value) == canonical(value) }), known
}

// constant returns the value of a parameter that is not varied.
func (s *Sweep) constant(key string) (any, bool) {
	for _, x := range s.Set {
		if x.Key == key {
			return x.Value, true
		}
	}
	if s.outside == nil {
		return nil, false
	}
	return s.outside(key)
}

// divide makes the range of a grid that has no steps a list of values, the
// same distance apart on its scale.
func (p *Param) divide() {
	r := p.Range
	if r == nil || r.Step > 0 || r.Integer && !r.Log || r.Min == r.Max {
		return
	}
	low, high := r.ToAxis(r.Min), r.ToAxis(r.Max)
	var last float64
	for i := range p.Points {
		v := r.FromAxis(low + float64(i)/float64(p.Points-1)*(high-low))
		if i == 0 || v != last {
			p.Categories = append(p.Categories, p.number(v))
		}
		last = v
	}
	p.Range = nil
}

// number returns the setting to a value of a range.
func (p *Param) number(x float64) Setting {
	s := Setting{Key: p.Key, at: p.at}
	if p.Range.Integer {
		s.Value, s.text = int(x), strconv.Itoa(int(x))
		return s
	}
	s.Value, s.text = x, strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s.text, ".e") {
		s.text += ".0"
	}
	return s
}

// indices returns the numbers that values of the parameter have in the space.
func (p *Param) indices(values []Setting) ([]float64, error) {
	all := make([]float64, len(values))
	for i, v := range values {
		var ok bool
		if all[i], ok = p.index(v); !ok {
			return nil, fmt.Errorf("when: %s is never %s", p.Key, v.text)
		}
	}
	return all, nil
}

func (p *Param) index(v Setting) (float64, bool) {
	r := p.Range
	if r == nil {
		i := slices.IndexFunc(p.Categories, func(c Setting) bool { return canonical(c.Value) == canonical(v.Value) })
		return float64(i), i >= 0
	}
	x, ok := toFloat(v.Value)
	return x, ok && r.Min <= x && x <= r.Max && (r.Count() == 0 || r.FromAxis(r.ToAxis(x)) == x)
}

func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// settings returns what a point means, in the order of the file.
func (pl *plane) settings(p space.Point) []Setting {
	if pl.list != nil {
		return pl.list[int(p[0])]
	}
	var all []Setting
	for i, x := range p {
		switch param := &pl.params[i]; {
		case math.IsNaN(x):
		case param.Range != nil:
			all = append(all, param.number(x))
		default:
			all = append(all, param.Categories[int(x)])
		}
	}
	return all
}

// point returns the point that parameters by their keys are; those that are
// not active, and others, do not count.
func (pl *plane) point(params map[string]any) (space.Point, bool) {
	if pl.list != nil {
		return nil, false
	}
	p := make(space.Point, len(pl.params))
	for _, i := range pl.space.Order() {
		if p[i] = math.NaN(); !pl.space.Active(p, i) {
			continue
		}
		value, ok := params[pl.params[i].Key]
		if !ok {
			return nil, false
		}
		if p[i], ok = pl.params[i].index(Setting{Value: record.Normal(value)}); !ok {
			return nil, false
		}
	}
	return p, true
}

// checkSpace reports what is wrong with the parameters together.
func (p *parser) checkSpace(root *yaml.Node, s *Sweep) {
	for _, param := range s.Search.Space {
		for _, c := range param.When {
			if holds, known := s.holds(c); known && !holds && !s.varies(c.Key) {
				value, _ := s.constant(c.Key)
				p.FailAt(c.at, "space: %s: its condition never holds: %s is set to %v", param.Key, c.Key, value)
			}
		}
	}
	pl, err := s.plane()
	if e := (*spaceError)(nil); errors.As(err, &e) {
		p.FailAt(e.param.at, "space: %s: %s", e.param.Key, e.message)
		return
	} else if err != nil {
		p.Fail(root, "%v", err)
		return
	}
	configurations := s.Search.Budget
	if s.Search.Method == "grid" || s.Search.Method == "list" {
		configurations = len(pl.space.Points(maxTrials + 1))
	}
	if configurations*max(1, len(s.Replicates.Seeds)) > maxTrials {
		p.Fail(root, "grid: it has more than %d trials", maxTrials)
	}
}
