package track

import (
	"errors"
	"testing"
	"time"
)

// The clock may be set back between two runs.
func TestLastWhateverTheClock(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false))
	back := example("a2", false)
	back.Started, back.Finished = back.Started.Add(-time.Hour), back.Finished.Add(-time.Hour)
	mustRecord(t, db, Meta{}, back)
	if r, err := db.Run(t.Context(), Last); err != nil || r.ID != "a2" {
		t.Errorf("%v, %v, want a2", r, err)
	}
}

func TestFind(t *testing.T) {
	db := open(t)
	if _, err := db.Run(t.Context(), Last); err == nil || !errors.Is(err, ErrNoRun) {
		t.Errorf("last of none: %v", err)
	}
	mustRecord(t, db, Meta{}, example("20261123-aa", false), example("20261123-ab", false), example("20261124", false),
		example("20261124-b", false))
	for _, c := range []struct{ name, want, err string }{
		{name: "20261123-ab", want: "20261123-ab"},
		{name: "20261123-aa", want: "20261123-aa"},
		{name: "20261124", want: "20261124"}, // exact, though a prefix of another
		{name: "20261124-", want: "20261124-b"},
		{name: "last", want: "20261124-b"},
		{name: "20261123", err: `no such run: "20261123" could be 20261123-ab, 20261123-aa; give more of its id`},
		{
			name: "x",
			err:  `no such run: "x"; the newest are 20261124-b, 20261124, 20261123-ab, 20261123-aa`,
		},
		{name: "%", err: `no such run: "%"; the newest are 20261124-b, 20261124, 20261123-ab, 20261123-aa`},
		{name: "", err: `no such run: its name is empty`},
	} {
		r, err := db.Run(t.Context(), c.name)
		switch {
		case c.err != "" && (err == nil || err.Error() != c.err || !errors.Is(err, ErrNoRun)):
			t.Errorf("%q: error %v, want %s", c.name, err, c.err)
		case c.err == "" && err != nil:
			t.Errorf("%q: %v", c.name, err)
		case c.err == "" && r.ID != c.want:
			t.Errorf("%q: run %s, want %s", c.name, r.ID, c.want)
		}
	}
}
