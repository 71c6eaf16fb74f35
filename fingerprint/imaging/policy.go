package imaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// A Policy says how probes are augmented: the ranges from which each sample's
// blur and affine transform are drawn, uniformly. A range whose ends are its
// neutral value leaves that part out. As in the tutorial (an imgaug Sequential
// with random order) the blur comes before or after the affine transform, and
// the transform interpolates bilinearly or takes the nearest pixel, each half
// of the time.
type Policy struct {
	Name   string `json:"name"`
	Sigma  Range  `json:"sigma"`          // of a Gaussian blur, pixels; neutral 0
	Scale  Range  `json:"scale"`          // per axis; neutral 1
	Shift  Range  `json:"shift"`          // per axis, as a share of the side; neutral 0
	Rotate Range  `json:"rotate"`         // degrees, clockwise as one sees it; neutral 0
	Fill   uint8  `json:"fill"`           // grey value from beyond the border
	Seed   uint64 `json:"seed,omitempty"` // 0: whoever applies the policy has the seed
}

// A Range is a closed interval of numbers, lower end first.
type Range [2]float64

// policyNames are the names that Only knows.
var policyNames = []string{"none", "tutorial", "blur", "geometric", "scale", "shift", "rotate"}

// Tutorial returns the augmentation of the tutorial that the experiment comes
// from.
func Tutorial() Policy {
	return Policy{
		Name:   "tutorial",
		Sigma:  Range{0, 0.5},
		Scale:  Range{0.9, 1.1},
		Shift:  Range{-0.1, 0.1},
		Rotate: Range{-30, 30},
		Fill:   255,
	}
}

// Only returns the part of the policy that the name stands for: "tutorial" for
// all of it, "none" for nothing, "geometric" for scale, shift and rotation, or
// one of "blur", "scale", "shift" and "rotate".
func (p Policy) Only(name string) (Policy, error) {
	if !slices.Contains(policyNames, name) {
		return Policy{}, fmt.Errorf("unknown policy %q, want one of %s", name, strings.Join(policyNames, ", "))
	}
	keep := func(parts ...string) bool { return name == "tutorial" || slices.Contains(parts, name) }
	q := Policy{Name: name, Scale: Range{1, 1}, Fill: p.Fill, Seed: p.Seed}
	if keep("blur") {
		q.Sigma = p.Sigma
	}
	if keep("scale", "geometric") {
		q.Scale = p.Scale
	}
	if keep("shift", "geometric") {
		q.Shift = p.Shift
	}
	if keep("rotate", "geometric") {
		q.Rotate = p.Rotate
	}
	return q, nil
}

// Bounds of the ranges, so that an image stays one.
const (
	maxSigma  = 3
	minScale  = 0.1
	maxScale  = 10
	maxShift  = 1
	maxRotate = 180
)

// Validate reports every range that is not in order or beyond its bounds.
func (p Policy) Validate() error {
	check := func(name string, r Range, lo, hi float64) error {
		switch {
		case math.IsNaN(r[0]) || math.IsNaN(r[1]) || r[0] < lo || r[1] > hi:
			return fmt.Errorf("policy %q: %s %v is not within %v to %v", p.Name, name, r, lo, hi)
		case r[0] > r[1]:
			return fmt.Errorf("policy %q: %s %v: the lower end has to come first", p.Name, name, r)
		}
		return nil
	}
	return errors.Join(
		check("sigma", p.Sigma, 0, maxSigma),
		check("scale", p.Scale, minScale, maxScale),
		check("shift", p.Shift, -maxShift, maxShift),
		check("rotate", p.Rotate, -maxRotate, maxRotate),
	)
}

// ReadPolicy reads a policy in JSON and validates it.
func ReadPolicy(r io.Reader) (Policy, error) {
	var p Policy
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("read augmentation policy: %w", err)
	}
	if _, err := d.Token(); err != io.EOF { // More would overlook a bracket
		return Policy{}, errors.New("read augmentation policy: more follows after it")
	}
	if err := p.Validate(); err != nil {
		return Policy{}, fmt.Errorf("read augmentation policy: %w", err)
	}
	return p, nil
}

// UnmarshalJSON reads exactly two numbers; encoding/json by itself would drop
// a third and make up a second.
func (r *Range) UnmarshalJSON(b []byte) error {
	var ends []float64
	if err := json.Unmarshal(b, &ends); err != nil {
		return err
	}
	if len(ends) != 2 {
		return fmt.Errorf("range %s: want two numbers, lower end first", b)
	}
	*r = Range(ends)
	return nil
}

// Write writes the policy in JSON.
func (p Policy) Write(w io.Writer) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("write augmentation policy: %w", err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write augmentation policy: %w", err)
	}
	return nil
}
