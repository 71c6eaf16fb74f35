package store

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whorl/pipeline/store/tree"
)

// staged makes outputs "a", a file, and "d", a directory, by make, and digests
// them.
func staged(t *testing.T, s *Store, make func(out string) error) (*Staging, []*tree.Tree, error) {
	t.Helper()
	st, err := s.Stage()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Discard() })
	if err := os.Mkdir(st.OutDir()+"/d", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := make(st.OutDir()); err != nil {
		t.Fatal(err)
	}
	trees, err := st.Digest(t.Context(), ad)
	return st, trees, err
}

var ad = []Artifact{{Name: "a"}, {Name: "d", Dir: true}}

// TestHardLinks checks that an output which is also a file of somebody else's is
// copied: an edit there may not reach the store, nor the store's permissions that
// file.
func TestHardLinks(t *testing.T) {
	s := open(t)
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(mine, []byte("as it was"), 0o640); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(mine)
	st, trees, err := staged(t, s, func(out string) error {
		if err := os.Link(mine, out+"/a"); err != nil {
			return err
		}
		return os.Link(mine, out+"/d/x")
	})
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Key: KeyOf("x"), Text: "x"}
	if err := st.Publish(m, ad, trees); err != nil {
		t.Fatal(err)
	}
	after, _ := os.Stat(mine)
	if after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the file has become %v %v", after.Mode(), after.ModTime())
	}
	if err := os.WriteFile(mine, []byte("SCRIBBLED"), 0o640); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Damaged) > 0 {
		t.Errorf("an edit of the file reached the store: %+v, %v", c, err)
	}
}

// TestOpenForWriting checks that an output which somebody may still write to is
// refused, and that one who writes to it by another way is found out.
func TestOpenForWriting(t *testing.T) {
	var late *os.File
	_, _, err := staged(t, open(t), func(out string) (err error) {
		late, err = os.Create(out + "/a")
		return err
	})
	defer late.Close()
	if err == nil || !strings.Contains(err.Error(), "a is still open for writing") {
		t.Errorf("got %v", err)
	}

	// Another process, that is about to be killed.
	cat := exec.Command("sh", "-c", "exec cat > $0")
	stdin, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = staged(t, open(t), func(out string) error {
		cat.Args = append(cat.Args, out+"/d/x")
		if err := cat.Start(); err != nil {
			return err
		}
		for {
			if _, err := os.Stat(out + "/d/x"); err == nil {
				break
			}
		}
		time.AfterFunc(50*time.Millisecond, func() { stdin.Close() })
		return os.WriteFile(out+"/a", nil, 0o666)
	})
	if err != nil {
		t.Errorf("one that ends soon is waited for: %v", err)
	}
	cat.Wait()
}

// TestLateWrite checks that what is written between digest and publication is
// never taken for what was digested.
func TestLateWrite(t *testing.T) {
	s := open(t)
	st, trees, err := staged(t, s, func(out string) error { return os.WriteFile(out+"/a", []byte("digested"), 0o666) })
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(st.OutDir()+"/a", 0o644)
	if err := os.WriteFile(st.OutDir()+"/a", []byte("tampered"), 0o644); err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Key: KeyOf("x"), Text: "x"}
	if err := st.Publish(m, ad, trees); err != nil {
		t.Fatal(err)
	}
	if got, _ := lookup(t, s, m.Key); got != nil {
		t.Error("it was accepted")
	}
}

// TestReadOnlyFolders checks that a directory whose folders its maker has made
// read-only is published all the same, and that "rm -r" removes the store.
func TestReadOnlyFolders(t *testing.T) {
	s := open(t)
	st, trees, err := staged(t, s, func(out string) error {
		os.WriteFile(out+"/a", nil, 0o666)
		os.Mkdir(out+"/d/sub", 0o777)
		os.WriteFile(out+"/d/sub/x", nil, 0o400)
		return errors.Join(os.Chmod(out+"/d/sub", 0o500), os.Chmod(out+"/d", 0o500))
	})
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Key: KeyOf("x"), Text: "x"}
	if err := st.Publish(m, ad, trees); err != nil {
		t.Fatal(err)
	}
	if got, problem := lookup(t, s, m.Key); got == nil {
		t.Error(problem)
	}
	filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if info, _ := d.Info(); d.IsDir() && info.Mode()&0o200 == 0 {
			t.Errorf("%s is read-only", path)
		}
		return err
	})
}
