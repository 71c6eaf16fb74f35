package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// eachFamily runs a subtest with every family that this build and CPU have.
func eachFamily(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	for _, f := range families() {
		t.Run(f.name, func(t *testing.T) {
			use(t, f)
			test(t)
		})
	}
}

// families returns every family that this build and CPU have, scalar first.
func families() []family {
	have := []family{scalar}
	for _, f := range vectorFamilies {
		if f.runs() {
			have = append(have, f)
		}
	}
	return have
}

// use makes f the active family for the test.
func use(t testing.TB, f family) {
	old := active
	active = f
	t.Cleanup(func() { active = old })
}

// guard is how many NaN (or 0xEE bytes) stand on each side of a guarded slice.
const guard = 32

// bands counts the guarded slices: the NaN of each are its own, so that one that
// was read beside another slice is told apart when it is written beside this.
var bands uint32

// guarded returns a slice of n elements between bands of NaN, off the alignment
// by shift elements; the bands are checked when the test ends.
func guarded(t testing.TB, n, shift int) []float32 {
	whole := Make(n + 2*guard + Lanes)
	bands++
	nan := 0x7fc00000 | bands&(1<<22-1)
	for i := range whole {
		whole[i] = math.Float32frombits(nan)
	}
	s := whole[guard+shift:][:n:n]
	clear(s)
	t.Cleanup(func() {
		for i, v := range whole {
			if (i < guard+shift || i >= guard+shift+n) && math.Float32bits(v) != nan {
				t.Errorf("wrote %v (%x) at element %d of a slice of %d", v, math.Float32bits(v), i-guard-shift, n)
				return
			}
		}
	})
	return s
}

// junk fills what a kernel is to overwrite.
func junk(slices ...[]float32) {
	for _, s := range slices {
		for i := range s {
			s[i] = 77
		}
	}
}

// guardedCodes is guarded for codes.
func guardedCodes(t testing.TB, n int) []uint8 {
	whole := make([]uint8, n+2*guard)
	for i := range whole {
		whole[i] = 0xEE
	}
	t.Cleanup(func() {
		for i, v := range whole {
			if (i < guard || i >= guard+n) && v != 0xEE {
				t.Errorf("wrote %d at code %d of %d", v, i-guard, n)
				return
			}
		}
	})
	return whole[guard:][:n:n]
}

// guardScratch puts bands of NaN around a scratch's buffers.
func guardScratch(t testing.TB, s *Scratch, shift int) *Scratch {
	for _, b := range []*[]float32{&s.v, &s.m, &s.x, &s.dx, &s.dyT, &s.g} {
		if *b != nil {
			*b = guarded(t, len(*b), shift)
		}
	}
	if n := len(s.lists.entries); n > 0 {
		whole := make([]entry, n+2*guard)
		for i := range whole {
			whole[i] = entry{-1, float32(math.NaN())}
		}
		s.lists.entries = whole[guard:][:n:n]
		t.Cleanup(func() {
			for i, e := range whole {
				if (i < guard || i >= guard+n) && e.at != -1 {
					t.Errorf("wrote %v at entry %d of %d", e, i-guard, n)
					return
				}
			}
		})
	}
	return s
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 77)) }

// fill sets s to normal deviates.
func fill(r *rand.Rand, s []float32) {
	for i := range s {
		s[i] = float32(r.NormFloat64())
	}
}

// fillMaps sets the channels of maps, but not border or padding.
func fillMaps(r *rand.Rand, m Maps, s []float32) {
	for c := range m.C {
		for y := range m.H {
			for x := range m.W {
				s[m.Index(c, y, x)] = float32(r.NormFloat64())
			}
		}
	}
}

// near tells whether got is want within a tolerance relative to scale.
func near(got float32, want, scale float64) bool {
	return math.Abs(float64(got)-want) <= 2e-6*(scale+math.Abs(want)+1)
}

// sameBits fails unless both have the same bits; zeros may differ in sign.
func sameBits(t testing.TB, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && !(got[i] == 0 && want[i] == 0) {
			t.Fatalf("%s: element %d of %d is %v (%x), want %v (%x)", what, i, len(got), got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
		}
	}
}
