package split

import (
	"fmt"
	"math"
	"slices"

	"whorl/fingerprint"
	"whorl/stages/internal/rows"
)

// sideNames are the sides in the order in which they are written.
var sideNames = [...]string{"train", "calibration", "validation"}

// A side is what one part of the experiment may see.
type side struct {
	name    string
	probes  []int // rows of easy + medium + hard, ascending
	gallery []int // rows of real, ascending
}

// An impression is a probe with where it comes from.
type impression struct {
	fingerprint.Label
	subset fingerprint.Subset
	row    int // of the subset
}

// divide draws the sides. The gallery holds different fingers, and each
// probe's among them; see checkMates.
func divide(p Params, seed uint64, gallery []fingerprint.Label, probes []impression) ([]side, error) {
	if p.Protocol == "subject" {
		return bySubject(p, seed, gallery, probes)
	}
	parts, err := draw(p, seed, "probes", rows.Count(len(probes)))
	if err != nil {
		return nil, err
	}
	if len(gallery) < 2 {
		return nil, fmt.Errorf("the gallery has %d images, impostors need at least 2", len(gallery))
	}
	var sides []side
	for i, name := range sideNames {
		sides = append(sides, side{name, parts[i], rows.Count(len(gallery))})
	}
	return sides, nil
}

func bySubject(p Params, seed uint64, gallery []fingerprint.Label, probes []impression) ([]side, error) {
	subjects := make([]int, len(gallery))
	for i, l := range gallery {
		subjects[i] = int(l.Subject)
	}
	slices.Sort(subjects)
	parts, err := draw(p, seed, "subjects", slices.Compact(subjects))
	if err != nil {
		return nil, err
	}
	var sides []side
	for i, name := range sideNames {
		s := side{name: name}
		for row, l := range probes {
			if has(parts[i], l.Subject) {
				s.probes = append(s.probes, row)
			}
		}
		for row, l := range gallery {
			if has(parts[i], l.Subject) {
				s.gallery = append(s.gallery, row)
			}
		}
		if len(s.probes) == 0 {
			return nil, fmt.Errorf("%s would be empty: its %d subjects have no altered prints; use more prints or another seed", name, len(parts[i]))
		}
		if len(s.gallery) < 2 {
			return nil, fmt.Errorf("%s: the gallery of its %d subjects has %d images, impostors need at least 2; use more prints, larger shares or another seed", name, len(parts[i]), len(s.gallery))
		}
		sides = append(sides, s)
	}
	return sides, nil
}

func has(subjects []int, s uint16) bool {
	_, ok := slices.BinarySearch(subjects, int(s))
	return ok
}

// draw divides the items, which ascend, into those that train, calibrate and
// validate. Each share is rounded to the nearest whole number.
func draw(p Params, seed uint64, what string, items []int) ([3][]int, error) {
	take := func(name string, share float64, from []int) ([]int, error) {
		k := int(math.Round(share * float64(len(from))))
		if k == 0 {
			return nil, fmt.Errorf("%s would be empty: a share of %v of %d %s; use more prints or raise %s", name, share, len(from), what, name)
		}
		return rows.Draw(seed, "split "+name, from, k), nil
	}
	validation, err := take("validation", p.Validation, items)
	if err != nil {
		return [3][]int{}, err
	}
	rest := rows.Without(items, validation)
	calibration, err := take("calibration", p.Calibration, rest)
	if err != nil {
		return [3][]int{}, err
	}
	train := rows.Without(rest, calibration)
	if len(train) == 0 {
		return [3][]int{}, fmt.Errorf("train would be empty: validation and calibration take all %d %s; use more prints or lower them", len(items), what)
	}
	return [3][]int{train, calibration, validation}, nil
}

// checkMates fails if two real prints are of one finger, or a probe's finger
// has no real print: genuine pairs would be ambiguous or impossible.
func checkMates(gallery []fingerprint.Label, probes []impression) error {
	enrolled := make(map[fingerprint.Identity]int, len(gallery))
	for row, l := range gallery {
		if other, ok := enrolled[l.Identity()]; ok {
			return fmt.Errorf("rows %d and %d of real are both %v; keep one of the two prints", other, row, l)
		}
		enrolled[l.Identity()] = row
	}
	for _, p := range probes {
		if _, ok := enrolled[p.Identity()]; !ok {
			return fmt.Errorf("row %d of %s is %v, which has no real print; add it to Real or remove the altered one", p.row, p.subset, p.Label)
		}
	}
	return nil
}
