package siamese

import "fmt"

// A Finger identifies the finger that an image shows. The caller assigns the
// numbers; images of one finger have the same.
type Finger uint32

// A Pair is a probe image beside a gallery image.
type Pair struct {
	Probe, Gallery int  // rows of the probe and gallery images
	Genuine        bool // both are of the same finger
}

// FixedPairs makes two pairs of every probe, in order: one with the gallery
// image of its own finger and one with that of another, drawn at random.
// The draw depends on the seed, the purpose and the probe's row only, so that
// callers with the same purpose compare the same pairs. A probe is its
// row; so is a gallery image. Where the gallery has several images of a
// finger, the first counts as its own.
func FixedPairs(seed uint64, purpose string, probes []int, probeOf func(row int) Finger, gallery []int, galleryOf func(row int) Finger) ([]Pair, error) {
	enrolled, err := enrol(gallery, galleryOf)
	if err != nil {
		return nil, fmt.Errorf("make %s pairs: %w", purpose, err)
	}
	pairs := make([]Pair, 0, 2*len(probes))
	for _, p := range probes {
		own, err := enrolled.mate(p, probeOf(p))
		if err != nil {
			return nil, fmt.Errorf("make %s pairs: %w", purpose, err)
		}
		r := newStream(seed, purpose+" impostor", uint64(p))
		pairs = append(pairs,
			Pair{Probe: p, Gallery: own, Genuine: true},
			Pair{Probe: p, Gallery: enrolled.impostor(&r, probeOf(p))})
	}
	return pairs, nil
}

// A roll is a gallery that pairs can be drawn from.
type roll struct {
	rows   []int
	finger []Finger       // of each of rows
	first  map[Finger]int // row of a finger's first image
}

// enrol makes a roll of the given gallery rows, which must show at least two
// fingers.
func enrol(gallery []int, fingerOf func(row int) Finger) (*roll, error) {
	r := &roll{rows: gallery, finger: make([]Finger, len(gallery)), first: make(map[Finger]int, len(gallery))}
	for i, row := range gallery {
		r.finger[i] = fingerOf(row)
		if _, ok := r.first[r.finger[i]]; !ok {
			r.first[r.finger[i]] = row
		}
	}
	if len(r.first) < 2 {
		return nil, fmt.Errorf("the gallery shows %d fingers, want at least 2 to draw impostors from", len(r.first))
	}
	return r, nil
}

// mate is the row of the probe's own finger.
func (r *roll) mate(probe int, f Finger) (int, error) {
	row, ok := r.first[f]
	if !ok {
		return 0, fmt.Errorf("probe row %d: the gallery has no image of its finger (%d)", probe, f)
	}
	return row, nil
}

// impostor draws a row of any other finger, each with the same chance.
func (r *roll) impostor(s *stream, f Finger) int {
	for {
		if i := s.intn(len(r.rows)); r.finger[i] != f {
			return r.rows[i]
		}
	}
}
