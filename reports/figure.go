package reports

import (
	"encoding/json"
	"html/template"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"whorl/reports/internal/polyline"
)

// A figure is one chart of the page, in one or more variants to choose from.
type figure struct {
	ID       string // of its element
	Title    string
	Note     string
	Label    string // says to who cannot see it what it shows
	Wide     bool
	Name     string // of a declared figure
	timing   bool
	Variants []variant
}

// A variant is a chart option together with what page/report.js needs beyond
// what ECharts knows.
type variant struct {
	Name   string         `json:"name"`
	Option map[string]any `json:"option"`
	Trials [][]int        `json:"trials"` // whose each series is; none: it is always shown
	X      scale          `json:"x"`
	Y      scale          `json:"y"`
	Item   bool           `json:"item"` // the tooltip is of a point, not of an x

	// By the index of a series: x, low and high of the band around its line, and
	// of the intervals of its dots.
	Bands  map[int][][3]float64 `json:"bands,omitempty"`
	Spans  map[int][][3]float64 `json:"spans,omitempty"`
	strays float64
}

// A scale says how the values along an axis are written.
type scale struct {
	Format string   `json:"format"`           // number, percent, probit or label
	Labels []string `json:"labels,omitempty"` // of the values 0, 1, ... if Format is label
}

// An axis is one of the two of a chart.
type axis struct {
	Name     string
	Log      bool
	Min, Max any // numbers; nil: fitted to the data
	Ticks    []float64
	Scale    scale
	Integral bool // no ticks between whole numbers
}

const (
	maxPoints = 400    // of a drawn curve
	crowd     = 24     // lines from which on they are thinner
	tolerance = 0.0005 // of the axis: half a pixel on a chart of 1000
)

// A plot is a chart being made: lines and dots over numeric axes.
type plot struct {
	chart  *charts.Line
	trials [][]int
	x, y   axis
	bands  map[int][][3]float64
	spans  map[int][][3]float64
	strays float64 // how far thinned lines lie from what was recorded, in axes
}

func newPlot(x, y axis) *plot {
	p := &plot{chart: charts.NewLine(), x: x, y: y, bands: map[int][][3]float64{}, spans: map[int][][3]float64{}}
	p.chart.SetGlobalOptions(
		charts.WithAnimation(false), // fifty runs are shown and hidden at once
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithGridOpts(opts.Grid{Left: "42", Right: "22", Top: "16", Bottom: "30", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{
			Type: x.kind(), Name: x.Name, NameLocation: "middle", NameGap: 28,
			Min: x.Min, Max: x.Max, Scale: opts.Bool(true), MinInterval: x.interval(),
		}),
		charts.WithYAxisOpts(opts.YAxis{
			Type: y.kind(), Name: y.Name, NameLocation: "middle", NameGap: 50,
			Min: y.Min, Max: y.Max, Scale: opts.Bool(true),
		}),
	)
	p.chart.Accept(ticks{x: x.Ticks, y: y.Ticks})
	return p
}

func (a axis) kind() string {
	if a.Log {
		return "log"
	}
	return "value"
}

func (a axis) interval() float64 {
	if a.Integral {
		return 1
	}
	return 0
}

// ticks puts the ticks of an axis where they are wanted, which the options of
// go-echarts cannot say.
type ticks struct {
	charts.BaseConfigurationVisitor
	x, y []float64
}

type customValues struct {
	CustomValues []float64 `json:"customValues"`
}

// VisitXAxis is called for the horizontal axis.
func (t ticks) VisitXAxis(x []opts.XAxis) any {
	if t.x == nil {
		return x
	}
	return struct {
		opts.XAxis
		AxisLabel customValues `json:"axisLabel"`
		AxisTick  customValues `json:"axisTick"`
	}{x[0], customValues{t.x}, customValues{t.x}}
}

// VisitYAxis is called for the vertical axis.
func (t ticks) VisitYAxis(y []opts.YAxis) any {
	if t.y == nil {
		return y
	}
	return struct {
		opts.YAxis
		AxisLabel customValues `json:"axisLabel"`
		AxisTick  customValues `json:"axisTick"`
	}{y[0], customValues{t.y}, customValues{t.y}}
}

// A stroke is how a line is drawn besides its trial's colour.
type stroke struct {
	Width   float32
	Opacity float32 // of the line
	Area    float32 // opacity of what is under it
}

// line adds a line that stands for one trial or for replicates together,
// without the points that could not be seen.
func (p *plot) line(trials []*trial, role string, points [][2]float64, s stroke) {
	thinned, tolerance := thin(points, p.x, p.y)
	if len(thinned) < len(points) {
		p.strays = max(p.strays, tolerance)
	}
	p.rawLine(trials, role, thinned, s)
}

// rawLine adds a line as it is.
func (p *plot) rawLine(trials []*trial, role string, points [][2]float64, s stroke) {
	p.chart.AddSeries(role, nil, charts.WithSeriesOpts(func(series *charts.SingleSeries) {
		series.Data = points
		series.Color = colourOf(trials)
		series.ShowSymbol = opts.Bool(len(points) == 1)
		series.SymbolSize = 6
		series.Symbol = "circle"
		series.LineStyle = &opts.LineStyle{Width: s.Width, Opacity: opts.Float(s.Opacity), Type: trials[0].Style.Dash}
		if s.Area > 0 {
			series.AreaStyle = &opts.AreaStyle{Opacity: opts.Float(s.Area)}
		}
	}))
	p.trials = append(p.trials, indices(trials))
}

// dots adds points that stand for one trial or for replicates together. The
// size is in pixels: a number, or width and height.
func (p *plot) dots(trials []*trial, role, symbol string, size any, points [][2]float64) {
	scatter := charts.NewScatter()
	scatter.AddSeries(role, nil, charts.WithSeriesOpts(func(series *charts.SingleSeries) {
		series.Data = points
		series.Color = colourOf(trials)
		series.Symbol = symbol
		series.SymbolSize = size
		series.ItemStyle = &opts.ItemStyle{Opacity: opts.Float(0.9)}
	}))
	p.chart.Overlap(scatter)
	p.trials = append(p.trials, indices(trials))
}

// colourOf is the colour that all of the trials have, or else the one of what
// belongs to no trial.
func colourOf(trials []*trial) string {
	for _, t := range trials {
		if t.Style.Color != trials[0].Style.Color {
			return neutral
		}
	}
	return trials[0].Style.Color
}

func indices(trials []*trial) []int {
	of := make([]int, len(trials))
	for i, t := range trials {
		of[i] = t.Index
	}
	return of
}

// reference adds a thin grey line that belongs to no trial.
func (p *plot) reference(role string, points [][2]float64) {
	p.chart.AddSeries(role, nil, charts.WithSeriesOpts(func(series *charts.SingleSeries) {
		series.Data = points
		series.ShowSymbol = opts.Bool(false)
		series.Color = neutral
		series.LineStyle = &opts.LineStyle{Width: 1, Type: "dashed"}
	}))
	p.trials = append(p.trials, []int{})
}

// vertical adds a thin line at x, such as a threshold of a trial.
func (p *plot) vertical(t *trial, role string, x float64) {
	top := 0.0
	for _, s := range p.chart.MultiSeries {
		if points, ok := s.Data.([][2]float64); ok {
			for _, q := range points {
				top = max(top, q[1])
			}
		}
	}
	p.rawLine([]*trial{t}, role, [][2]float64{{round(x), 0}, {round(x), round(top)}}, stroke{Width: 1, Opacity: 0.7})
}

func (p *plot) variant(name string) variant {
	if len(p.chart.MultiSeries) > crowd {
		for i := range p.chart.MultiSeries {
			if s := p.chart.MultiSeries[i].LineStyle; s != nil {
				s.Width *= 0.6
			}
		}
	}
	option := p.chart.JSON()
	delete(option, "color") // every series has its own
	return variant{Name: name, Option: option, Trials: p.trials, X: p.x.Scale, Y: p.y.Scale, Bands: p.bands, Spans: p.spans, strays: p.strays}
}

// Strays is how far the drawn lines lie from the recorded ones at most, as a
// share of an axis; 0 if every point is drawn.
func (f *figure) Strays() float64 {
	most := 0.0
	for _, v := range f.Variants {
		most = max(most, v.strays)
	}
	return most
}

// Data is the figure's variants as JSON that can stand in a script element:
// encoding/json escapes <, > and &.
func (f *figure) Data() (template.JS, error) {
	data, err := json.Marshal(f.Variants)
	return template.JS(data), err
}

// thin leaves out the points of a curve that could not be seen: the line moves
// by at most the tolerance of the axes' length. It reports the tolerance used.
func thin(points [][2]float64, x, y axis) ([][2]float64, float64) {
	drawn := make([]polyline.Point, len(points))
	fx, fy := x.unit(points, 0), y.unit(points, 1)
	for i, p := range points {
		drawn[i] = polyline.Point{X: fx(p[0]), Y: fy(p[1])}
	}
	kept, used := polyline.SimplifyTo(drawn, tolerance, maxPoints)
	thinned := make([][2]float64, len(kept))
	for i, k := range kept {
		thinned[i] = [2]float64{round(points[k][0]), round(points[k][1])}
	}
	return thinned, used
}

// unit returns the map from values to 0..1 along the axis.
func (a axis) unit(points [][2]float64, coordinate int) func(float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = math.Min(low, p[coordinate]), math.Max(high, p[coordinate])
	}
	if v, ok := a.Min.(float64); ok {
		low = v
	}
	if v, ok := a.Max.(float64); ok {
		high = v
	}
	f := func(v float64) float64 { return v }
	if a.Log {
		f = math.Log
	}
	low, high = f(low), f(high)
	if !(high > low) {
		return func(float64) float64 { return 0 }
	}
	return func(v float64) float64 { return (f(v) - low) / (high - low) }
}

// round keeps six significant digits, so that the page does not spend bytes
// on what cannot be seen.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v
	}
	return r
}
