package reports

import (
	"math"
	"slices"

	"whorl/reports/internal/polyline"
)

// few is the number of runs up to which every run has a line of its own. Above
// it charts show a line and a band for each configuration.
const few = 12

const (
	bandPoints    = 60    // of a line with its band
	allBandPoints = 12000 // of a chart, over all configurations
	leastPoints   = 16
)

// A curve is the points of a run in a chart, x ascending, where they are drawn.
type curve struct {
	Trial  *trial
	Role   string // of several lines of a run: "validation"
	Points [][2]float64
}

// curves draws the lines of runs: each run its own, or above few runs each
// configuration its median over the seeds with a band from the lowest to the
// highest.
func (p *plot) curves(all []curve, crowded bool) {
	if !crowded {
		roles := map[string]int{}
		for _, c := range all {
			if _, seen := roles[c.Role]; !seen {
				roles[c.Role] = len(roles)
			}
			s := stroke{Width: 1.9, Opacity: 1}
			if roles[c.Role] > 0 {
				s = stroke{Width: 1, Opacity: 0.75}
			}
			p.line([]*trial{c.Trial}, c.Role, c.Points, s)
		}
		return
	}
	type family struct {
		group *replicates
		role  string
	}
	var order []family
	members := map[family][]curve{}
	for _, c := range all {
		f := family{c.Trial.Group, c.Role}
		if members[f] == nil {
			order = append(order, f)
		}
		members[f] = append(members[f], c)
	}
	limit := max(leastPoints, min(bandPoints, allBandPoints/max(1, len(order))))
	roles := map[string]int{}
	for _, f := range order {
		if _, seen := roles[f.role]; !seen {
			roles[f.role] = len(roles)
		}
		p.band(f.group, f.role, members[f], limit, roles[f.role] > 0)
	}
}

// band adds the median of the curves of a configuration, vertically averaged
// (Fawcett 2006), with the range.
func (p *plot) band(g *replicates, role string, of []curve, limit int, secondary bool) {
	grid := p.grid(of, limit)
	var middle [][2]float64
	var band [][3]float64
	for _, x := range grid {
		var ys []float64
		for _, c := range of {
			if y, ok := heightAt(c.Points, x); ok {
				ys = append(ys, y)
			}
		}
		if len(ys) == 0 {
			continue
		}
		slices.Sort(ys)
		middle = append(middle, [2]float64{short(x), short(median(ys))})
		if len(of) > 1 {
			band = append(band, [3]float64{short(x), short(ys[0]), short(ys[len(ys)-1])})
		}
	}
	s := stroke{Width: 2, Opacity: 1}
	if secondary {
		s, band = stroke{Width: 1, Opacity: 0.75}, nil
	}
	p.rawLine(g.Trials, role, middle, s)
	p.bands[len(p.trials)-1] = band
}

// grid is the x of the curves, as many as can be told apart.
func (p *plot) grid(of []curve, limit int) []float64 {
	var all []float64
	for _, c := range of {
		// The knots of each curve alone are where it bends.
		unit := make([]polyline.Point, len(c.Points))
		fx, fy := p.x.unit(c.Points, 0), p.y.unit(c.Points, 1)
		for i, q := range c.Points {
			unit[i] = polyline.Point{X: fx(q[0]), Y: fy(q[1])}
		}
		kept, _ := polyline.SimplifyTo(unit, tolerance, limit)
		for _, k := range kept {
			all = append(all, c.Points[k][0])
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= limit {
		return all
	}
	thinned := make([]float64, limit)
	for i := range thinned {
		thinned[i] = all[i*(len(all)-1)/(limit-1)]
	}
	return thinned
}

// heightAt is the height of a curve at x, between its points.
func heightAt(points [][2]float64, x float64) (y float64, ok bool) {
	n := len(points)
	if n == 0 || x < points[0][0] || x > points[n-1][0] {
		return 0, false
	}
	i, _ := slices.BinarySearchFunc(points, x, func(p [2]float64, x float64) int {
		if p[0] <= x { // the last of several points at one x
			return -1
		}
		return 1
	})
	if i == n || points[i-1][0] == x {
		return points[i-1][1], true
	}
	a, b := points[i-1], points[i]
	return a[1] + (b[1]-a[1])*(x-a[0])/(b[0]-a[0]), true
}

// short keeps four significant digits, as many as a chart of a thousand pixels
// shows.
func short(v float64) float64 {
	if v == 0 || !finite(v) {
		return v
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return round(math.Round(v*scale) / scale)
}
