package tree

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNestedMounts checks that a file system mounted in another is not taken for
// a link upwards, although the root folders of both have the same inode number.
func TestNestedMounts(t *testing.T) {
	outer := t.TempDir()
	inner := outer + "/inner"
	for _, dir := range []string{outer, inner} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, ""); err != nil {
			t.Skip("mount: ", err)
		}
		t.Cleanup(func() { unix.Unmount(dir, 0) })
	}
	write(t, inner+"/f", "x")
	if got := string(scan(t, outer, nil).Text()); got != "d - 0 inner\nf 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 1 inner/f\n" {
		t.Errorf("got %s", got)
	}
}

// TestRemount checks that a memo is not trusted when the file system was mounted
// again: its image may have been changed meanwhile (defect 2).
func TestRemount(t *testing.T) {
	source, root, memo := t.TempDir(), t.TempDir(), NewMemo(t.TempDir())
	big := source + "/f"
	old := time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(big, bytes.Repeat([]byte("x"), worthwhile), 0o666), os.Chtimes(big, old, old)); err != nil {
		t.Fatal(err)
	}
	mount := func() {
		if err := unix.Mount(source, root, "", unix.MS_BIND, ""); err != nil {
			t.Skip("mount: ", err)
		}
	}
	read := func() bool { // whether a file had to be read
		w, err := walk(t.Context(), root, stat{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.scanned = w.scanned.Add(time.Hour) // however young the file's ctime is
		worth, err := w.hash(t.Context(), memo.load(root), 1)
		if err != nil {
			t.Fatal(err)
		}
		w.finish()
		memo.save(w)
		return worth
	}
	mount()
	defer unix.Unmount(root, 0)
	if !read() {
		t.Fatal("an unknown file was not read")
	}
	if read() {
		t.Error("a file that had not changed was read again")
	}
	if err := unix.Unmount(root, 0); err != nil {
		t.Fatal(err)
	}
	mount()
	if !read() {
		t.Error("the memo was trusted although the file system was mounted again")
	}
}

// TestHoldsStore checks that a directory through which a link or a mount leads
// to the store is refused before anything is read (defect 17).
func TestHoldsStore(t *testing.T) {
	store := t.TempDir()
	memo := NewMemo(store + "/memo")
	if err := os.Mkdir(memo.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	linked, mounted := t.TempDir(), t.TempDir()
	if err := errors.Join(os.Symlink(store, linked+"/link"), os.Mkdir(mounted+"/m", 0o777)); err != nil {
		t.Fatal(err)
	}
	roots := []string{store, filepath.Dir(store), linked}
	if err := unix.Mount(store, mounted+"/m", "", unix.MS_BIND, ""); err == nil {
		defer unix.Unmount(mounted+"/m", 0)
		roots = append(roots, mounted)
	}
	for _, root := range roots {
		if _, err := Scan(t.Context(), root, memo, 1); !errors.Is(err, ErrHoldsStore) {
			t.Errorf("%s: %v", root, err)
		}
	}
}
