package synth

// A subject has what the ten prints of a person share.
type subject struct {
	period   float64 // distance of the ridges, grid pixels
	moisture float64 // within ±1: dry prints are thin and broken, wet ones dark
	creases  float64 // how prone the skin is to creases
	ink      float64 // grey level of a ridge
}

// Gender returns the gender of a subject, 0 for male and 1 for female. About
// a fifth are women, as in SOCOFing.
func Gender(seed uint64, subject uint16) uint8 {
	if newSource("gender", seed, uint64(subject)).chance(0.205) {
		return 1
	}
	return 0
}

func newSubject(seed uint64, number uint16) subject {
	r := newSource("subject", seed, uint64(number))
	s := subject{
		period:   r.uniform(3.95, 4.5),
		moisture: r.uniform(-1, 1),
		creases:  r.uniform(0, 1),
	}
	if Gender(seed, number) == 1 {
		s.period = float64(0.95 * s.period) // women's ridges are finer
	}
	if r.chance(0.15) {
		s.ink = r.uniform(20, 70)
	}
	return s
}
