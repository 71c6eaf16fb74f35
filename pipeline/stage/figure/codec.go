package figure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Encode returns the text of a set; the version is filled in.
func Encode(s Set) ([]byte, error) {
	s.Version = Version
	if err := s.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// Decode reads a set strictly: unknown fields, another version and whatever
// [Set.Check] refuses are errors.
func Decode(text []byte) (*Set, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	s := new(Set)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("figures: text follows the set")
	}
	if s.Version != Version {
		return nil, fmt.Errorf("figures: version %d; this program reads version %d", s.Version, Version)
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}
