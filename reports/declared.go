package reports

import (
	"fmt"
	"slices"

	figures "whorl/pipeline/stage/figure"
)

// A declared is a figure of the same stage, output and name in several runs.
type declared struct {
	Output string // "evaluate.figures"
	Of     []declaration
}

// A declaration is the figure as one run wrote it.
type declaration struct {
	Trial  *trial
	Digest string // of the output
	figures.Figure
}

// addFigures takes a set that a stage of a trial wrote. Figures of one name that
// are of another type than the first are kept apart.
func (ex *exhibits) addFigures(t *trial, output, digest string, set *figures.Set) {
	for _, f := range set.Figures {
		i := slices.IndexFunc(ex.Declared, func(d *declared) bool {
			return d.Output == output && d.Of[0].Name == f.Name && typeOf(d.Of[0].Figure) == typeOf(f)
		})
		if i < 0 {
			i = len(ex.Declared)
			ex.Declared = append(ex.Declared, &declared{Output: output})
		}
		ex.Declared[i].Of = append(ex.Declared[i].Of, declaration{t, digest, f})
	}
}

func typeOf(f figures.Figure) string {
	switch {
	case f.Curve != nil:
		return "curve"
	case f.Histogram != nil:
		return "histogram"
	case f.Matrix != nil:
		return "matrix"
	case f.Estimates != nil:
		return "estimates"
	}
	return "pairs"
}

// declaredFigures draws the curves, histograms and estimates of all runs over
// each other.
func declaredFigures(all []*declared, crowded bool) []*figure {
	var out []*figure
	for _, d := range all {
		var f *figure
		switch typeOf(d.Of[0].Figure) {
		case "curve":
			f = d.curve(crowded)
		case "histogram":
			f = d.histogram(crowded)
		case "estimates":
			f = d.estimates(crowded)
		default:
			continue
		}
		first := d.Of[0]
		f.ID, f.Title, f.Note = fmt.Sprintf("declared-%d", len(out)+1), first.Title, first.Doc
		f.Label = fmt.Sprintf("%s of %s.", first.Title, count(len(d.Of), "run"))
		f.Name = first.Name
		if crowded {
			f.Note += " " + bandNote
		}
		out = append(out, f)
	}
	return out
}

const bandNote = "Line: median over the seeds of a configuration. Band: lowest to highest."

func (d *declared) curve(crowded bool) *figure {
	xs, ys := extentOf(nil), extentOf(nil)
	for _, o := range d.Of {
		for _, l := range o.Curve.Lines {
			xs, ys = xs.with(l.X), ys.with(l.Y)
		}
	}
	first := d.Of[0].Curve
	x, y := axisOf(first.X, xs), axisOf(first.Y, ys)
	p := newPlot(x, y)
	var all []curve
	for _, o := range d.Of {
		for _, l := range o.Curve.Lines {
			points := make([][2]float64, 0, len(l.X))
			for i := range l.X {
				if l.Step && i > 0 {
					points = append(points, [2]float64{x.place(l.X[i]), y.place(l.Y[i-1])})
				}
				points = append(points, [2]float64{x.place(l.X[i]), y.place(l.Y[i])})
			}
			if n := len(points); n > 1 && points[0][0] > points[n-1][0] {
				slices.Reverse(points)
			}
			if len(points) > 0 {
				all = append(all, curve{o.Trial, l.Name, points})
			}
		}
	}
	p.curves(all, crowded)
	if !crowded {
		for _, o := range d.Of {
			for _, m := range o.Curve.Marks {
				p.dots([]*trial{o.Trial}, m.Name, "diamond", 9, [][2]float64{{round(x.place(m.X)), round(y.place(m.Y))}})
			}
		}
	}
	if first.Diagonal {
		p.diagonal(xs, ys)
	}
	v := p.variant("")
	return &figure{Variants: []variant{v}}
}

// diagonal draws y = x within both axes.
func (p *plot) diagonal(xs, ys extent) {
	low := max(bound(p.x.Min, xs.Min), bound(p.y.Min, ys.Min))
	high := min(bound(p.x.Max, xs.Max), bound(p.y.Max, ys.Max))
	if low < high {
		p.reference("y = x", [][2]float64{{low, low}, {high, high}})
	}
}

func bound(given any, otherwise float64) float64 {
	if v, ok := given.(float64); ok {
		return v
	}
	return otherwise
}

// histogram draws shares of each class as lines through the middles of the
// bins.
func (d *declared) histogram(crowded bool) *figure {
	xs := extentOf(nil)
	for _, o := range d.Of {
		xs = xs.with(filled(o.Histogram))
	}
	share := axis{Name: "share", Min: 0.0, Scale: scale{Format: "percent"}}
	x := axisOf(d.Of[0].Histogram.X, xs)
	if x.Min == nil && xs.Min < xs.Max {
		x.Min, x.Max = xs.Min, xs.Max
	}
	p := newPlot(x, share)
	var all []curve
	for _, o := range d.Of {
		for _, g := range o.Histogram.Groups {
			total := max(1, sum(g.Counts))
			var points [][2]float64
			for i, n := range g.Counts {
				if middle := o.Histogram.Edges[i]/2 + o.Histogram.Edges[i+1]/2; middle >= xs.Min && middle <= xs.Max {
					points = append(points, [2]float64{round(x.place(middle)), round(n / total)})
				}
			}
			if len(points) > 0 {
				all = append(all, curve{o.Trial, g.Name, points})
			}
		}
	}
	p.curves(all, crowded)
	if len(d.Of) == 1 {
		for _, m := range d.Of[0].Histogram.Marks {
			p.vertical(d.Of[0].Trial, m.Name, x.place(m.X))
		}
	}
	return &figure{Variants: []variant{p.variant("")}}
}

// estimates draws the parts side by side: a dot for each run with its interval,
// above few runs the median of a configuration with its range.
func (d *declared) estimates(crowded bool) *figure {
	var names []string
	for _, o := range d.Of {
		for _, r := range o.Estimates.Rows {
			if !slices.Contains(names, r.Name) {
				names = append(names, r.Name)
			}
		}
	}
	first := d.Of[0].Estimates
	ticks := make([]float64, len(names))
	for i := range ticks {
		ticks[i] = float64(i)
	}
	x := axis{Min: -0.5, Max: float64(len(names)) - 0.5, Ticks: ticks, Scale: scale{Format: "label", Labels: names}}
	reach := extentOf([]float64{0})
	for _, o := range d.Of {
		for _, r := range o.Estimates.Rows {
			reach = reach.with([]float64{r.Value})
			if r.Low != nil {
				reach = reach.with([]float64{*r.Low, *r.High})
			}
		}
	}
	y := axisOf(figures.Axis{Label: first.Quantity, Unit: first.Unit, Min: &reach.Min}, reach)
	if reach.Min < reach.Max {
		y.Max = short(reach.Max + (reach.Max-reach.Min)/20)
	}
	p := newPlot(x, y)
	var columns [][]declaration // one a run, or one a configuration
	for _, o := range d.Of {
		i := slices.IndexFunc(columns, func(c []declaration) bool { return crowded && c[0].Trial.Group == o.Trial.Group })
		if i < 0 {
			i = len(columns)
			columns = append(columns, nil)
		}
		columns[i] = append(columns[i], o)
	}
	width := 0.7 / float64(len(columns))
	for c, column := range columns {
		shift := width * (float64(c) - float64(len(columns)-1)/2)
		var dots [][2]float64
		var spans [][3]float64
		for i, name := range names {
			v, low, high, ok := estimateOf(column, name)
			if !ok {
				continue
			}
			at := round(float64(i) + shift)
			dots, spans = append(dots, [2]float64{at, short(v)}), append(spans, [3]float64{at, short(low), short(high)})
		}
		of := make([]*trial, len(column))
		for i, o := range column {
			of[i] = o.Trial
		}
		p.dots(of, "", "circle", 8, dots)
		p.spans[len(p.trials)-1] = spans
	}
	v := p.variant("")
	v.Item = true
	return &figure{Variants: []variant{v}, Wide: len(columns)*len(names) > 24}
}

// estimateOf is the value of a part with its interval, or over several runs the
// median with the range.
func estimateOf(of []declaration, name string) (v, low, high float64, ok bool) {
	var values []float64
	for _, o := range of {
		for _, r := range o.Estimates.Rows {
			if r.Name == name {
				values = append(values, r.Value)
				low, high = r.Value, r.Value
				if r.Low != nil {
					low, high = *r.Low, *r.High
				}
			}
		}
	}
	if len(values) == 0 {
		return 0, 0, 0, false
	}
	if len(values) > 1 {
		e := extentOf(values)
		low, high = e.Min, e.Max
	}
	return median(values), low, high, true
}

// filled are the edges of the bins that hold anything, with an empty bin on
// either side.
func filled(h *figures.Histogram) []float64 {
	var edges []float64
	for i := range len(h.Edges) - 1 {
		for _, g := range h.Groups {
			if g.Counts[i] > 0 {
				edges = append(edges, h.Edges[max(0, i-1)], h.Edges[min(len(h.Edges)-1, i+2)])
			}
		}
	}
	return edges
}
