package siamese

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFixedPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		fingers := rapid.IntRange(2, 12).Draw(t, "fingers")
		gallery := rapid.Permutation(count(fingers+3)).Draw(t, "gallery") // a few fingers twice
		probes := rapid.Permutation(count(2*fingers)).Draw(t, "probes")
		of := func(row int) Finger { return Finger(row % fingers) }
		pairs, err := FixedPairs(seed, "test", probes, of, gallery, of)
		if err != nil {
			t.Fatal(err)
		}
		if len(pairs) != 2*len(probes) {
			t.Fatalf("%d pairs of %d probes", len(pairs), len(probes))
		}
		for i, p := range probes {
			own, other := pairs[2*i], pairs[2*i+1]
			if own.Probe != p || other.Probe != p || !own.Genuine || other.Genuine {
				t.Fatalf("probe %d: pairs %+v, %+v", p, own, other)
			}
			if of(own.Gallery) != of(p) || of(other.Gallery) == of(p) {
				t.Fatalf("probe %d of finger %d: genuine with finger %d, impostor of %d", p, of(p), of(own.Gallery), of(other.Gallery))
			}
		}
		// A probe's pairs do not depend on the other probes.
		alone, err := FixedPairs(seed, "test", probes[1:2], of, gallery, of)
		if err != nil || !slices.Equal(alone, pairs[2:4]) {
			t.Fatalf("alone %+v, %v; among others %+v", alone, err, pairs[2:4])
		}
		other, err := FixedPairs(seed, "another", slices.Repeat(probes, 50), of, gallery, of)
		if err != nil || fingers > 2 && slices.Equal(other, slices.Repeat(pairs, 50)) {
			t.Fatalf("another purpose gives the same pairs")
		}
	})
}

func count(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

func TestFixedPairsErrors(t *testing.T) {
	of := func(row int) Finger { return Finger(row) }
	_, err := FixedPairs(1, "test", []int{0, 3}, of, []int{0, 1}, of)
	if err == nil || err.Error() != "make test pairs: probe row 3: the gallery has no image of its finger (3)" {
		t.Error(err)
	}
	_, err = FixedPairs(1, "test", []int{0}, of, []int{0}, of)
	if err == nil || !strings.Contains(err.Error(), "the gallery shows 1 fingers") {
		t.Error(err)
	}
}

// TestTrainingPairs looks at all pairs of many epochs: each probe once an
// epoch, half of them genuine, and impostors from the whole gallery.
func TestTrainingPairs(t *testing.T) {
	const fingers, probes, epochs = 6, 6, 200
	d := prints(fingers, probes)
	tr := trainer(t, tiny(Subtract), d, options(1))
	genuine, met := 0, map[Pair]int{}
	orders := map[int]int{} // of the first probe
	for epoch := 1; epoch <= epochs; epoch++ {
		tr.plan.begin(epoch)
		var seen []int
		err := tr.feed.run(context.Background(), &tr.plan, func(k int, b *batch) error {
			if k == 0 {
				orders[b.pairs[0].Probe]++
			}
			for i, p := range b.pairs {
				seen = append(seen, p.Probe)
				met[p]++
				if p.Genuine {
					genuine++
				}
				if p.Genuine != (d.ProbeOf(p.Probe) == d.GalleryOf(p.Gallery)) {
					t.Fatalf("%+v is of fingers %d and %d", p, d.ProbeOf(p.Probe), d.GalleryOf(p.Gallery))
				}
				size := testH * testW
				if !slices.Equal(b.images[i*size:][:size], d.Probes.At(p.Probe)) || !slices.Equal(b.images[(8+i)*size:][:size], d.Gallery.At(p.Gallery)) {
					t.Fatalf("%+v has the pixels of others", p)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(seen)
		if !slices.Equal(seen, d.Train) {
			t.Fatalf("epoch %d meets probes %v, want %v", epoch, seen, d.Train)
		}
	}
	n := epochs * len(d.Train)
	if genuine < n/2-5*39 || genuine > n/2+5*39 { // five standard deviations
		t.Errorf("%d of %d pairs are genuine", genuine, n)
	}
	if len(met) != len(d.Train)*fingers || len(orders) < len(d.Train)*9/10 {
		t.Errorf("%d different pairs, want %d; %d probes came first", len(met), len(d.Train)*fingers, len(orders))
	}
}

// TestFeedAllocates counts what a batch costs beyond an epoch's own few.
func TestFeedAllocates(t *testing.T) {
	allocs := func(size int) float64 {
		o := options(1)
		o.Batch = size
		tr := trainer(t, tiny(Subtract), prints(20, 6), o)
		tr.plan.begin(1)
		return testing.AllocsPerRun(5, func() {
			tr.feed.run(context.Background(), &tr.plan, func(int, *batch) error { return nil })
		})
	}
	if few, many := allocs(100), allocs(1); many > few+2 {
		t.Errorf("100 batches allocate %v times, 1 batch %v times", many, few)
	}
}
