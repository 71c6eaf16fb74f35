package reports

import (
	"math"

	figures "whorl/pipeline/stage/figure"
)

// least is the smallest value drawn on a logarithmic axis without bounds.
const least = 1e-12

// axisOf is the axis that a stage declared, fitted to values of all runs.
func axisOf(a figures.Axis, values extent) axis {
	out := axis{Name: a.Label, Scale: scale{Format: "number"}}
	switch a.Unit {
	case "":
	case "%":
		out.Scale.Format = "percent"
	default:
		out.Name += " (" + a.Unit + ")"
	}
	low, high := values.Min, values.Max
	if a.Min != nil {
		low, out.Min = *a.Min, *a.Min
	}
	if a.Max != nil {
		high, out.Max = *a.Max, *a.Max
	}
	switch a.Scale {
	case figures.Log:
		out.Log = true
		low, high = math.Max(least, low), math.Max(2*least, high)
		if a.Min == nil && !(values.Min > 0) {
			low = high / 1e4
		}
		out.Min, out.Max = low, high
	case figures.Normal:
		low, high = math.Max(1e-9, low), math.Min(1-1e-9, high)
		out.Scale.Format = "probit"
		out.Min, out.Max = round(probit(low)), round(probit(high))
		for _, rate := range []float64{1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99} {
			if rate >= low && rate <= high {
				out.Ticks = append(out.Ticks, round(probit(rate)))
			}
		}
	}
	return out
}

// place is where a value goes on the axis: values beyond the ends of an axis
// with bounds, among them zeros without a logarithm or a deviate, go to its
// ends.
func (a axis) place(v float64) float64 {
	if a.Scale.Format == "probit" {
		v = probit(math.Max(0, math.Min(1, v)))
	}
	if low, ok := a.Min.(float64); ok {
		v = math.Max(low, v)
	}
	if high, ok := a.Max.(float64); ok {
		v = math.Min(high, v)
	}
	return v
}

// probit is the standard normal quantile.
func probit(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
