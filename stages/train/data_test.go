package train

import "testing"

// Half of the probes are augmented, others in each epoch and with each seed.
func TestSometimes(t *testing.T) {
	mark := func(dst, src []uint8, _, _ int) { dst[0] = src[0] + 1 }
	draw := func(seed uint64, epoch int) (drawn [2000]bool) {
		apply := sometimes(mark, seed)
		for probe := range drawn {
			dst := []uint8{0}
			apply(dst, []uint8{7}, epoch, probe)
			if dst[0] != 7 && dst[0] != 8 {
				t.Fatalf("probe %d became %d", probe, dst[0])
			}
			drawn[probe] = dst[0] == 8
		}
		return drawn
	}
	first := draw(1, 1)
	n := 0
	for _, d := range first {
		if d {
			n++
		}
	}
	if n < 900 || n > 1100 { // 4.5 standard deviations
		t.Errorf("%d of 2000 augmented", n)
	}
	if draw(1, 1) != first {
		t.Error("drawn again, others are augmented")
	}
	if draw(2, 1) == first || draw(1, 2) == first {
		t.Error("another seed or epoch draws the same")
	}
}
