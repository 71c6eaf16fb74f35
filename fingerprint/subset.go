package fingerprint

import "fmt"

// A Subset is one of the four folders of a data set.
type Subset int

// The subsets in their fixed order. Real prints are the gallery; the altered
// ones, in order of difficulty, are the probes.
const (
	Real Subset = iota
	Easy
	Medium
	Hard
	Subsets // how many there are
)

var subsets = [Subsets]struct{ name, dir string }{
	{"real", "Real"},
	{"easy", "Altered/Altered-Easy"},
	{"medium", "Altered/Altered-Medium"},
	{"hard", "Altered/Altered-Hard"},
}

// String returns the subset's name in artifacts and metrics: "real", "easy",
// "medium" or "hard".
func (s Subset) String() string { return subsets[s].name }

// Dir returns the subset's folder below the root of a data set, with slashes.
func (s Subset) Dir() string { return subsets[s].dir }

// Admits returns an error if an image with this alteration cannot belong to
// the subset: real prints have none, altered ones have one.
func (s Subset) Admits(a Alteration) error {
	switch {
	case s == Real && a != "":
		return fmt.Errorf("has the alteration %q, but the prints in %s are unaltered; move it to %s or its like", a, Real.Dir(), Easy.Dir())
	case s != Real && a == "":
		return fmt.Errorf("has no alteration such as _CR before .BMP, but the prints in %s are altered", s.Dir())
	}
	return nil
}
