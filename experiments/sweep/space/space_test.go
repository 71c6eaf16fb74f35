package space

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewRefuses(t *testing.T) {
	for want, params := range map[string][]Param{
		"above max":          {{Name: "a"}, {Name: "b", Min: 2, Max: 1}},
		"finite":             {{Name: "a"}, {Name: "b", Max: math.Inf(1)}},
		"logarithmic":        {{Name: "a"}, {Name: "b", Max: 1, Log: true}},
		"has no step":        {{Name: "a"}, {Name: "b", Min: 1, Max: 9, Step: 2, Log: true}},
		"positive":           {{Name: "a"}, {Name: "b", Max: 1, Step: -1}},
		"more than 1000000":  {{Name: "a"}, {Name: "b", Max: 1, Step: 1e-9}},
		"integers as min":    {{Name: "a"}, {Name: "b", Max: 1.5, Integer: true}},
		"too wide":           {{Name: "a"}, {Name: "b", Min: -math.MaxFloat64, Max: math.MaxFloat64}},
		"another parameter":  {{Name: "a"}, {Name: "b", Choices: 1, When: []Condition{{Param: 1}}}},
		"circle":             {{Name: "a"}, {Name: "b", Choices: 1, When: []Condition{{Param: 2}}}, {Name: "c", Choices: 1, When: []Condition{{Param: 1}}}},
		"number of categori": {{Name: "a"}, {Name: "b", Choices: -1}},
	} {
		_, err := New(params)
		var e *ParamError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || e.Param != 1 {
			t.Errorf("%+v: error %v, want one of parameter 1 with %q", params[1], err, want)
		}
	}
}

func TestValues(t *testing.T) {
	s, err := New([]Param{
		{Name: "step", Min: 0.1, Max: 1, Step: 0.3},
		{Name: "integers", Min: 16, Max: 70, Step: 16, Integer: true},
		{Name: "log", Min: 1, Max: 100, Log: true, Integer: true},
		{Name: "one", Min: 3, Max: 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{0.1, 0.4, 0.7, 1}, {16, 32, 48, 64}}
	for i, values := range want {
		p := &s.Params[i]
		if p.Count() != len(values) || p.Max != values[len(values)-1] {
			t.Errorf("%s has %d values up to %v, want %v", p.Name, p.Count(), p.Max, values)
		}
		for k, v := range values {
			if p.Value(k) != v {
				t.Errorf("value %d of %s is %v, want %v", k, p.Name, p.Value(k), v)
			}
		}
	}
	if n := s.Params[2].Count(); n != 100 {
		t.Errorf("%d integers, want 100", n)
	}
	if p := &s.Params[3]; p.Count() != 1 || p.At(0.7) != 3 {
		t.Errorf("a range of one value has %d, one of them %v", p.Count(), p.At(0.7))
	}
}

// Quantiles rise, and each of the discrete values has the same share.
func TestAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Param{
			Min: float64(rapid.IntRange(-5, 5).Draw(t, "min")), Step: rapid.SampledFrom([]float64{0, 0.1, 0.5, 1, 2}).Draw(t, "step"),
			Integer: rapid.Bool().Draw(t, "integer"),
		}
		p.Max = p.Min + float64(rapid.IntRange(1, 9).Draw(t, "width"))
		if p.Integer {
			p.Step = math.Trunc(p.Step)
		}
		s, err := New([]Param{p})
		if err != nil {
			t.Fatal(err)
		}
		p = s.Params[0]
		const n = 2000
		last := math.Inf(-1)
		counts := map[float64]int{}
		for i := range n {
			x := p.At((float64(i) + 0.5) / n)
			if x < last || x < p.Min || x > p.Max {
				t.Fatalf("%+v: %v follows %v", p, x, last)
			}
			last = x
			counts[x]++
		}
		if k := p.Count(); k > 0 {
			for v, c := range counts {
				if math.Abs(float64(c)-n/float64(k)) > 2 {
					t.Fatalf("%+v: %d of %d quantiles are %v", p, c, n, v)
				}
			}
		}
	})
}
