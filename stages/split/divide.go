package split

import (
	"fmt"
	"math"
	"slices"

	"whorl/fingerprint"
	"whorl/stages/internal/dataset"
)

// A protocol says what is drawn: its units are numbers, and all prints of a
// unit come to lie in one part.
type protocol struct {
	units   string // what they are, in messages
	probe   func(row int, l fingerprint.Label) int
	gallery func(l fingerprint.Label) int // nil: every part has the whole gallery
}

func protocolOf(name string) protocol {
	subject := func(l fingerprint.Label) int { return int(l.Subject) }
	finger := func(l fingerprint.Label) int { return int(l.Identity().Number()) }
	switch name {
	case "subject":
		return protocol{"subjects", func(_ int, l fingerprint.Label) int { return subject(l) }, subject}
	case "finger":
		return protocol{"fingers", func(_ int, l fingerprint.Label) int { return finger(l) }, finger}
	}
	return protocol{"probes", func(row int, _ fingerprint.Label) int { return row }, nil}
}

// divide draws the parts, in the order of dataset.Parts.
func (d *data) divide(p Params, seed uint64) ([]dataset.Part, error) {
	by := protocolOf(p.Protocol)
	drawn, err := draw(p, seed, by.units, d.units(by))
	if err != nil {
		return nil, err
	}
	var parts []dataset.Part
	for i, name := range dataset.Parts {
		part := dataset.Part{Name: name}
		for row, l := range d.probes {
			if has(drawn[i], by.probe(row, l.Label)) {
				part.Probes = append(part.Probes, row)
			}
		}
		for row, l := range d.gallery {
			if by.gallery == nil || has(drawn[i], by.gallery(l)) {
				part.Gallery = append(part.Gallery, row)
			}
		}
		if len(part.Probes) == 0 {
			return nil, fmt.Errorf("%s would be empty: its %d %s have no altered prints; use more prints or another seed", name, len(drawn[i]), by.units)
		}
		if len(part.Gallery) < 2 {
			return nil, fmt.Errorf("%s: the gallery of its %d %s has %d images, impostors need at least 2; use more prints, larger shares or another seed", name, len(drawn[i]), by.units, len(part.Gallery))
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// units are the different units, ascending.
func (d *data) units(by protocol) []int {
	if by.gallery == nil {
		return dataset.Count(len(d.probes))
	}
	var units []int
	for _, l := range d.gallery {
		units = append(units, by.gallery(l))
	}
	slices.Sort(units)
	return slices.Compact(units)
}

func has(units []int, u int) bool {
	_, ok := slices.BinarySearch(units, u)
	return ok
}

// draw divides the units among the parts, in the order of dataset.Parts. Each
// share is rounded to the nearest whole number. The test part comes first, so
// that it is the same whatever the others' shares are; calibration does not
// depend on the share of validation either.
func draw(p Params, seed uint64, what string, units []int) ([4][]int, error) {
	test, err := drawTest(p, seed, what, units)
	if err != nil {
		return [4][]int{}, err
	}
	rest := dataset.Without(units, test)
	take := func(name string, share float64, from []int) ([]int, error) {
		k := min(int(math.Round(share*float64(len(rest)))), len(from))
		if k == 0 {
			return nil, fmt.Errorf("%s would be empty: a share of %v of %d %s; use more prints or raise %s", name, share, len(rest), what, name)
		}
		return dataset.Draw(seed, "split "+name, from, k), nil
	}
	calibration, err := take(dataset.Calibration, p.Calibration, rest)
	if err != nil {
		return [4][]int{}, err
	}
	train := dataset.Without(rest, calibration)
	validation, err := take(dataset.Validation, p.Validation, train)
	if err != nil {
		return [4][]int{}, err
	}
	train = dataset.Without(train, validation)
	if len(train) == 0 {
		return [4][]int{}, fmt.Errorf("train would be empty: test, calibration and validation take all %d %s; use more prints or lower their shares", len(units), what)
	}
	return [4][]int{train, validation, calibration, test}, nil
}

// drawTest draws the test part: a share of the units, or one of the folds into
// which they are divided, whose sizes differ by one at most.
func drawTest(p Params, seed uint64, what string, units []int) ([]int, error) {
	if p.Folds == 0 {
		k := int(math.Round(p.Test * float64(len(units))))
		if k == 0 {
			return nil, fmt.Errorf("test would be empty: a share of %v of %d %s; use more prints or raise test", p.Test, len(units), what)
		}
		return dataset.Draw(seed, "split test", units, k), nil
	}
	if p.Folds > len(units) {
		return nil, fmt.Errorf("%d folds of %d %s: some would be empty; use more prints or lower folds", p.Folds, len(units), what)
	}
	order := dataset.Order(seed, "split folds", units)
	fold := order[(p.Fold-1)*len(order)/p.Folds : p.Fold*len(order)/p.Folds]
	fold = slices.Clone(fold)
	slices.Sort(fold)
	return fold, nil
}
