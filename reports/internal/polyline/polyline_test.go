package polyline

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSimplifyKeepsCorners(t *testing.T) {
	// Up, along, up: only the corners matter.
	line := []Point{{0, 0}, {0, .2}, {0, .5}, {.3, .5}, {.5, .5}, {.5, .8}, {.5, 1}}
	if got, want := Simplify(line, 1e-9), []int{0, 2, 4, 6}; !slices.Equal(got, want) {
		t.Errorf("Simplify = %v, want %v", got, want)
	}
}

func TestSimplifyShortLines(t *testing.T) {
	for n := range 3 {
		if got := Simplify(make([]Point, n), 1); len(got) != n {
			t.Errorf("Simplify of %d points keeps %v", n, got)
		}
	}
}

func TestSimplifyStaysWithinTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coordinate := rapid.Float64Range(0, 1)
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			return Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
		}), 2, 200).Draw(t, "points")
		tolerance := rapid.Float64Range(0, .5).Draw(t, "tolerance")
		kept := Simplify(points, tolerance)
		if kept[0] != 0 || kept[len(kept)-1] != len(points)-1 || !slices.IsSorted(kept) {
			t.Fatalf("kept %v of %d points", kept, len(points))
		}
		for k := 1; k < len(kept); k++ {
			a, b := points[kept[k-1]], points[kept[k]]
			for _, p := range points[kept[k-1]:kept[k]] {
				if d := distance(p, a, b); d > tolerance {
					t.Fatalf("%v is %g from %v-%v, tolerance %g", p, d, a, b, tolerance)
				}
			}
		}
	})
}

func TestSimplifyToKeepsToItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			return Point{rapid.Float64Range(0, 1).Draw(t, "x"), rapid.Float64Range(0, 1).Draw(t, "y")}
		}), 2, 300).Draw(t, "points")
		max := rapid.IntRange(2, 50).Draw(t, "max")
		kept, tolerance := SimplifyTo(points, 1e-4, max)
		if len(kept) > max {
			t.Fatalf("kept %d points of at most %d", len(kept), max)
		}
		if tolerance > 1e-4 && len(Simplify(points, tolerance/2)) <= max {
			t.Fatalf("tolerance %g is not the smallest", tolerance)
		}
	})
}
