package track

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkNoop records a run of 1,000 stages that are all cached, as a
// process does that does nothing else: open, record, close.
func BenchmarkNoop(b *testing.B) {
	path := filepath.Join(b.TempDir(), "runs.db")
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		db, err := Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := record(b.Context(), db.Recorder(Meta{Dir: dir}), layered(fmt.Sprint(i), 1000)); err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRuns lists 200 runs.
func BenchmarkRuns(b *testing.B) {
	db := open(b)
	for i := range 200 {
		mustRecord(b, db, Meta{}, example(fmt.Sprint(i), false))
	}
	for b.Loop() {
		if _, err := db.Runs(b.Context(), Filter{}); err != nil {
			b.Fatal(err)
		}
	}
}
