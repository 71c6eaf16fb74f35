package track

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oldDatabase makes a database from a script.
func oldDatabase(t *testing.T, script string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "runs.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	return path
}

// A database that was written at any version of the schema can be read and
// written on. testdata/vN.sql is the dump of one with the run "a1" of
// example, made when N was the newest version; it is never changed.
func TestMigrateFromEveryVersion(t *testing.T) {
	scripts, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	fresh := open(t)
	mustRecord(t, fresh, Meta{}, example("a1", false))
	want, err := fresh.Run(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	for v := 1; v <= len(scripts); v++ {
		t.Run(fmt.Sprint(v), func(t *testing.T) {
			dump, err := os.ReadFile(fmt.Sprintf("testdata/v%d.sql", v))
			if err != nil {
				t.Fatal(err)
			}
			path := oldDatabase(t, string(dump))
			ro, err := OpenReadOnly(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			ro.Close()
			db, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			mustRecord(t, db, Meta{}, example("a2", false))
			got, err := db.Run(t.Context(), "a1")
			if err != nil {
				t.Fatal(err)
			}
			want := *want
			got.Dir, got.Command = want.Dir, want.Command
			if v < 2 {
				want.Spec = ""
			}
			if diff := cmp.Diff(&want, got, ignoreMachine); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	text := filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 100)), 0o666); err != nil {
		t.Fatal(err)
	}
	newer := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 99; CREATE TABLE t (x)", applicationID)
	for name, c := range map[string]struct{ path, want string }{
		"newer":   {oldDatabase(t, newer), "its schema is version 99 and this whorl knows up to"},
		"foreign": {oldDatabase(t, "CREATE TABLE t (x)"), "not whorl's"},
		"text":    {text, "not a database"},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := os.ReadFile(c.path)
			if err != nil {
				t.Fatal(err)
			}
			for _, openIt := range []func() (*DB, error){
				func() (*DB, error) { return Open(t.Context(), c.path) },
				func() (*DB, error) { return OpenReadOnly(t.Context(), c.path) },
			} {
				_, err := openIt()
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
					t.Errorf("error %v, want one with %q and the path", err, c.want)
				}
			}
			if after, _ := os.ReadFile(c.path); name == "text" && string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenReadOnlyOfNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs.db")
	if _, err := OpenReadOnly(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was created")
	}
}

func TestReadOnlyDoesNotWrite(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false))
	ro, err := OpenReadOnly(t.Context(), db.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := ro.r.Exec(`DELETE FROM stages`); err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("error %v", err)
	}
}

// Readers do not wait for a writer.
func TestReadDuringWrite(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false))
	tx, err := db.w.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`UPDATE runs SET state = 'failed'`); err != nil {
		t.Fatal(err)
	}
	if r, err := db.Run(t.Context(), "a1"); err != nil || r.State != "done" {
		t.Errorf("%+v, %v", r, err)
	}
}
