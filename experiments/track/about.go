package track

import (
	"encoding/json"
	"unicode/utf8"
)

// about is what the engine keeps for us with a run's record, so that nothing
// is only in the database: of Run that which the engine does not know itself.
type about struct {
	Run
	Patch []byte `json:",omitempty"` // GitDiff, if it is no UTF-8 and JSON would change it
	Of    *Sweep `json:",omitempty"`
}

func (rec *recorder) about() (json.RawMessage, error) {
	a := about{Run: rec.run, Of: rec.sweep}
	if !utf8.ValidString(a.GitDiff) {
		a.GitDiff, a.Patch = "", []byte(a.GitDiff)
	}
	return json.Marshal(a)
}

// readAbout is the inverse of about.
func (rec *recorder) readAbout(text json.RawMessage) error {
	if len(text) == 0 {
		return nil
	}
	var a about
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	if a.Patch != nil {
		a.GitDiff = string(a.Patch)
	}
	rec.run, rec.sweep = a.Run, a.Of
	return nil
}
