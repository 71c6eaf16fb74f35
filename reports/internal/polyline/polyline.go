// Package polyline thins out the points of a drawn line without moving it by
// more than a stated distance.
package polyline

import "math"

// A Point is a position on the page: both coordinates are in units of the
// drawn axis's length, so that 0..1 is what is seen.
type Point struct{ X, Y float64 }

// Simplify returns the ascending indices of the points to keep, so that every
// point left out lies within tolerance of the line through those kept. The
// first and last points are always kept; coordinates must be finite.
//
// Source: Douglas, Peucker: Algorithms for the reduction of the number of
// points required to represent a digitized line or its caricature,
// Cartographica 10(2), 1973.
func Simplify(points []Point, tolerance float64) []int {
	if len(points) <= 2 {
		all := make([]int, len(points))
		for i := range all {
			all[i] = i
		}
		return all
	}
	keep := make([]bool, len(points))
	keep[0], keep[len(points)-1] = true, true
	// A stack of spans instead of recursion: a curve of a million points may
	// split as unevenly as it likes.
	spans := [][2]int{{0, len(points) - 1}}
	for len(spans) > 0 {
		first, last := spans[len(spans)-1][0], spans[len(spans)-1][1]
		spans = spans[:len(spans)-1]
		far, at := 0.0, -1
		for i := first + 1; i < last; i++ {
			if d := distance(points[i], points[first], points[last]); d > far {
				far, at = d, i
			}
		}
		if far > tolerance {
			keep[at] = true
			spans = append(spans, [2]int{first, at}, [2]int{at, last})
		}
	}
	var kept []int
	for i, k := range keep {
		if k {
			kept = append(kept, i)
		}
	}
	return kept
}

// SimplifyTo is Simplify with the smallest tolerance among least, 2*least,
// 4*least, ... that keeps at most max points, max being 2 or more. It returns
// that tolerance too.
func SimplifyTo(points []Point, least float64, max int) ([]int, float64) {
	tolerance := least
	kept := Simplify(points, tolerance)
	for len(kept) > max {
		tolerance *= 2
		kept = Simplify(points, tolerance)
	}
	return kept, tolerance
}

// distance is that of p to the segment from a to b.
func distance(p, a, b Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = math.Max(0, math.Min(1, ((p.X-a.X)*dx+(p.Y-a.Y)*dy)/n))
	}
	return math.Hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}
