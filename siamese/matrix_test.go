package siamese

import (
	"context"
	"errors"
	"math"
	"testing"
)

// Scores of all pairs are those of Score, pair by pair, to float rounding, with
// every merge.
func TestScoreAll(t *testing.T) {
	d := prints(6, 6)
	rows, galleryRows := []int{3, 0, 5}, []int{5, 1, 0, 2}
	for _, merge := range []Merge{Subtract, Abs} {
		for _, head := range []string{"tutorial", "compact"} {
			a, err := Named(head, merge, d.Probes.H, d.Probes.W)
			if err != nil {
				t.Fatal(err)
			}
			n, err := New(a, 3)
			if err != nil {
				t.Fatal(err)
			}
			var pairs []Pair
			for _, p := range rows {
				for _, g := range galleryRows {
					pairs = append(pairs, Pair{Probe: p, Gallery: g})
				}
			}
			want, err := n.Score(context.Background(), d.Probes, d.Gallery, pairs, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []float64
			reported := 0
			err = n.ScoreAll(context.Background(), d.Probes, rows, d.Gallery, galleryRows, func(i int, scores []float64) error {
				if len(got) != i*len(galleryRows) {
					t.Fatalf("probe %d comes after %d scores", i, len(got))
				}
				got = append(got, scores...)
				return nil
			}, func(done int) { reported = done })
			if err != nil || len(got) != len(want) || reported != len(want) {
				t.Fatalf("%s, %s: %d scores, %d reported, %v", head, merge, len(got), reported, err)
			}
			for i := range got {
				if math.Abs(got[i]-want[i]) > 1e-5 {
					t.Errorf("%s, %s: pair %+v scores %v, alone %v", head, merge, pairs[i], got[i], want[i])
				}
			}
		}
	}
	n, err := New(tiny(Abs), 3)
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if err := n.ScoreAll(context.Background(), d.Probes, rows, d.Gallery, galleryRows, func(int, []float64) error { return stop }, nil); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}
