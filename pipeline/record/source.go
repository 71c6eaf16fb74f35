package record

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// A Source is the revision of the pipeline's repository, and how the working
// tree differed from it.
type Source struct {
	Commit string // empty if unknown
	Dirty  bool
	Diff   string // the uncommitted changes, if dirty; not always UTF-8
}

// sourceJSON is a Source as it is kept.
type sourceJSON struct {
	Commit string `json:",omitempty"`
	Dirty  bool   `json:",omitempty"`
	Diff   string `json:",omitempty"`
	Patch  []byte `json:",omitempty"` // Diff, if it is not UTF-8, which JSON would change
}

// MarshalJSON keeps every byte of the diff.
func (s Source) MarshalJSON() ([]byte, error) {
	j := sourceJSON{s.Commit, s.Dirty, s.Diff, nil}
	if !utf8.ValidString(s.Diff) {
		j.Diff, j.Patch = "", []byte(s.Diff)
	}
	return json.Marshal(j)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (s *Source) UnmarshalJSON(b []byte) error {
	var j sourceJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return err
	}
	*s = Source{j.Commit, j.Dirty, j.Diff}
	if j.Patch != nil {
		s.Diff = string(j.Patch)
	}
	return nil
}
