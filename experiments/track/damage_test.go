package track

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

// A database that is damaged anywhere is called so, by whoever meets it.
func TestDamage(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, layered("a1", 500))
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("a sound database: %v", err)
	}
	if err := db.Close(); err != nil { // which leaves all in one file
		t.Fatal(err)
	}
	path := db.Path()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const lost = 8192 // bytes: some page as a whole
	for at := 0; at+lost <= len(whole); at += len(whole) / 10 {
		broken := bytes.Clone(whole)
		copy(broken[at:], bytes.Repeat([]byte{0xa5}, lost))
		if err := os.WriteFile(path, broken, 0o666); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), path)
		if err == nil {
			err = db.Check(t.Context())
			if _, loaded := db.Runs(t.Context(), Filter{}); loaded != nil && !errors.Is(loaded, ErrDamaged) {
				t.Errorf("damage at byte %d: reading: %v", at, loaded)
			}
			db.Close()
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("damage at byte %d: error %v", at, err)
		}
	}
}
