package synth

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"whorl/fingerprint"
)

// Alterations leave the frame and the original alone, and change more of a
// print the harder they are. The shares are those of SOCOFing's own pairs, as
// median over the prints of ../shared/socofing; ours lie within a third.
func TestAlterGrowsWithLevel(t *testing.T) {
	socofing := map[fingerprint.Alteration][3]float64{
		fingerprint.CentralRotation: {0.075, 0.199, 0.260},
		fingerprint.Obliteration:    {0.122, 0.232, 0.291},
		fingerprint.ZCut:            {0.024, 0.112, 0.190},
	}
	const n = 25
	prints := make([]*image.Gray, n)
	for i := range prints {
		prints[i] = Print(1, identity(i))
	}
	for _, a := range alterations {
		for j, l := range levels {
			shares := make([]float64, n)
			for i, print := range prints {
				before := slices.Clone(print.Pix)
				altered := Alter(print, 1, identity(i), a, l)
				if !bytes.Equal(print.Pix, before) {
					t.Fatalf("%s %s wrote to the original", a, l)
				}
				shares[i] = changed(t, print, altered)
			}
			slices.Sort(shares)
			got, want := shares[n/2], socofing[a][j]
			t.Logf("%s %s changes %.3f of a print, SOCOFing's %.3f", a, l, got, want)
			if got < want*0.67 || got > want*1.4 {
				t.Errorf("%s %s changes %.3f of a print, want about %.3f", a, l, got, want)
			}
		}
	}
}

// changed returns the share of pixels that differ, none of them in the frame.
func changed(t *testing.T, before, after *image.Gray) float64 {
	t.Helper()
	n := 0
	for y := range Height {
		for x := range Width {
			if before.GrayAt(x, y) == after.GrayAt(x, y) {
				continue
			}
			n++
			if x < frameBefore || y < frameBefore || x >= right || y >= bottom {
				t.Fatalf("the frame is altered at (%d, %d)", x, y)
			}
		}
	}
	return float64(n) / (Width * Height)
}

func TestAlterRefusesOthers(t *testing.T) {
	print := image.NewGray(image.Rect(0, 0, Width, Height))
	for _, c := range []struct {
		a fingerprint.Alteration
		l fingerprint.Subset
	}{{"SWarp", fingerprint.Easy}, {fingerprint.ZCut, fingerprint.Real}, {fingerprint.ZCut, fingerprint.Subsets}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Alter(%s, %d) did not panic", c.a, c.l)
				}
			}()
			Alter(print, 1, fingerprint.Identity{Subject: 1}, c.a, c.l)
		}()
	}
}
