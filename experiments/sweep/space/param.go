package space

import (
	"math"
	"strconv"
)

// A Param is one parameter of a space: categories or a range of numbers.
type Param struct {
	Name    string
	Choices int // number of categories; 0 for a range

	// The bounds of a range are inclusive. With a step, the values are Min,
	// Min+Step and so on; the step of a linear range of integers is at least 1.
	Min, Max, Step float64
	Log            bool // distances are ratios: uniform in the logarithm
	Integer        bool

	When []Condition // the parameter is active if all of these hold
}

// A Condition holds if a parameter is active and has one of the values.
type Condition struct {
	Param  int       // index in the space
	Values []float64 // of a range, or indices of categories
}

// digits is the precision of values drawn from a continuous range. It is far
// finer than any search can resolve, and short enough to be read in a table.
const digits = 6

// Count returns the number of values, or 0 if the range is continuous.
func (p *Param) Count() int {
	switch {
	case p.Choices > 0:
		return p.Choices
	case p.Min == p.Max:
		return 1
	case p.Step > 0:
		return int(math.Floor((p.Max-p.Min)/p.Step+1e-9)) + 1
	case p.Integer: // on a logarithmic scale
		return int(p.Max-p.Min) + 1
	}
	return 0
}

// Value returns the value with index i of a parameter that has a Count.
func (p *Param) Value(i int) float64 {
	switch {
	case p.Choices > 0:
		return float64(i)
	case p.Step > 0:
		return round(p.Min+float64(i)*p.Step, 12)
	}
	return p.Min + float64(i)
}

// Axis returns the interval on which the parameter is uniform: logarithms for
// a logarithmic scale, and half a step more on either side of discrete values,
// so that each has the same share. It is for ranges only.
func (p *Param) Axis() (low, high float64) {
	half := p.Step / 2
	if p.Integer && p.Log {
		half = 0.5
	}
	if p.Log {
		return math.Log(p.Min - half), math.Log(p.Max + half)
	}
	return p.Min - half, p.Max + half
}

// ToAxis returns where a value lies on the axis.
func (p *Param) ToAxis(value float64) float64 {
	if p.Log {
		return math.Log(value)
	}
	return value
}

// FromAxis returns the nearest value to a position on the axis.
func (p *Param) FromAxis(x float64) float64 {
	if p.Log {
		x = math.Exp(x)
	}
	switch {
	case p.Step > 0:
		i := math.Round((x - p.Min) / p.Step)
		return p.Value(int(max(0, min(i, float64(p.Count()-1)))))
	case p.Integer:
		x = math.Round(x)
	default:
		x = round(x, digits)
	}
	return max(p.Min, min(x, p.Max))
}

// At returns the value at a quantile u in [0, 1).
func (p *Param) At(u float64) float64 {
	if p.Choices > 0 {
		return float64(min(int(u*float64(p.Choices)), p.Choices-1))
	}
	low, high := p.Axis()
	return p.FromAxis(low + u*(high-low))
}

// round returns x with n significant digits.
func round(x float64, n int) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', n, 64), 64)
	if err != nil {
		return x // rounding overflowed
	}
	return y
}
