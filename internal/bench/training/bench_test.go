package main

import (
	"context"
	"strings"
	"testing"

	"whorl/siamese"
)

// TestWithoutPyTorch measures a little, where the peer cannot run.
func TestWithoutPyTorch(t *testing.T) {
	r, err := measure(context.Background(), setting{
		networks: []siamese.Architecture{siamese.Compact(siamese.Subtract, side, side)},
		python:   "/bin/false", script: "step.py", rounds: 2, blocks: 1, steps: 2*margin + 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "/bin/false step.py: exit status 1") {
		t.Errorf("notes %q, want one that says that there is no PyTorch", r.Notes)
	}
	var table strings.Builder
	r.print(&table)
	for _, l := range r.Networks[0].Rows {
		if !(l.Ours > 0) || l.Peer != 0 || l.Ratio != 0 || !(l.GFLOPS > 0) {
			t.Errorf("%+v: want our rate alone", l)
		}
		if forward := strings.HasPrefix(l.What, "forward"); forward != (l.Share > 0) {
			t.Errorf("%s: share of the peak %v", l.What, l.Share)
		}
		if !strings.Contains(table.String(), l.What) {
			t.Errorf("no row %q in\n%s", l.What, &table)
		}
	}
	for _, want := range []string{"PyTorch, pairs/s", "no PyTorch to compare with", "augmentation adds"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, &table)
		}
	}
}

// TestProducts counts by hand.
func TestProducts(t *testing.T) {
	a := siamese.Post(siamese.Subtract, side, side)
	const dense = 2*(90*90*32*9+45*45*64*32*9) + 30976*128 + 128
	const direct = 2*(90*90*32*9+44*44*64*32*9) + 30976*128 + 128
	const winograd = 2*(90*90*32*9+22*22*64*32*16) + 30976*128 + 128
	if d, made := products(a); d != dense || made != direct {
		t.Errorf("%v dense, %v made, want %v and %v", d, made, float64(dense), float64(direct))
	}
	a.Winograd = true
	if d, made := products(a); d != dense || made != winograd {
		t.Errorf("by Winograd %v dense, %v made, want %v and %v", d, made, float64(dense), float64(winograd))
	}
}
