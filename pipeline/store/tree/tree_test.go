package tree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func scan(t *testing.T, root string, memo *Memo) *Tree {
	t.Helper()
	tr, err := Scan(t.Context(), root, memo, 3)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestScan(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/b", "beta")
	write(t, dir+"/a/z", "zeta")
	write(t, dir+"/a.x", "")
	write(t, dir+"/odd \"name\"\n", "x")
	if err := errors.Join(os.Mkdir(dir+"/empty", 0o777), os.Chmod(dir+"/b", 0o755), os.Symlink("a", dir+"/link")); err != nil {
		t.Fatal(err)
	}
	tr := scan(t, dir, nil)
	hash := func(s string) string { return Sum([]byte(s)).String() }
	want := "d - 0 a\n" +
		"f " + hash("") + " 0 a.x\n" +
		"f " + hash("zeta") + " 4 a/z\n" +
		"x " + hash("beta") + " 4 b\n" +
		"d - 0 empty\n" +
		"d - 0 link\n" +
		"f " + hash("zeta") + " 4 link/z\n" +
		"f " + hash("x") + " 1 \"odd \\\"name\\\"\\n\"\n"
	if got := string(tr.Text()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if tr.Digest != Sum([]byte(want)) || tr.Bytes != 13 || !tr.Dir {
		t.Errorf("digest %v, %d bytes", tr.Digest, tr.Bytes)
	}
	l, err := ParseListing(tr.Text())
	if err != nil || string(l.Text()) != want {
		t.Errorf("read again: %v, %v", l, err)
	}

	f := scan(t, dir+"/b", nil)
	if f.Dir || f.Digest != Sum([]byte("beta")) || f.Text() != nil {
		t.Errorf("a file: %+v", f)
	}
}

func TestScanRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("..", dir+"/loop"); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "sub")
	write(t, sub+"/x", "")
	os.Symlink(dir, sub+"/up")
	os.Remove(dir + "/loop")
	dangling, circular := t.TempDir()+"/dangling", t.TempDir()+"/circular"
	os.Mkdir(dangling, 0o777)
	os.Mkdir(circular, 0o777)
	if err := errors.Join(os.Symlink("nowhere", dangling+"/link"), os.Symlink("link", circular+"/link")); err != nil {
		t.Fatal(err)
	}
	for root, want := range map[string]string{
		dir + "/nowhere": "no such file",
		dir:              "a link to a folder that it lies in",
		"/dev/null":      "neither a file nor a directory",
		dangling:         "dangling/link: a symbolic link to nothing",
		circular:         "circular/link: a symbolic link to nothing",
	} {
		if _, err := Scan(t.Context(), root, nil, 2); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", root, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Scan(ctx, sub, nil, 2); err == nil {
		t.Error("a scan that was cancelled ended well")
	}
}

// age makes all that was scanned look as if it had been changed long before.
func age(tr *Tree) { tr.scanned = tr.scanned.Add(time.Hour) }

// remember keeps the digests of dir as if it had settled.
func remember(t *testing.T, dir string, memo *Memo) {
	t.Helper()
	tr := scan(t, dir, nil)
	age(tr)
	memo.save(tr)
}

// TestMemo checks that a digest is remembered, and only as long as nothing
// speaks against it: a false one is planted to see when it is used.
func TestMemo(t *testing.T) {
	planted := Sum([]byte("planted"))
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		used   bool
	}{
		"nothing": {func(*testing.T, string) {}, true},
		"another file": {func(t *testing.T, path string) {
			write(t, filepath.Dir(path)+"/new", "x")
		}, true},
		"content": {func(t *testing.T, path string) { write(t, path, "longer") }, false},
		"same size": {func(t *testing.T, path string) {
			write(t, path, "olD")
		}, false},
		"same size and time": {func(t *testing.T, path string) {
			info, _ := os.Stat(path)
			write(t, path, "olD")
			os.Chtimes(path, info.ModTime(), info.ModTime())
		}, false},
		"replaced": {func(t *testing.T, path string) {
			info, _ := os.Stat(path)
			write(t, path+".new", "olD")
			os.Chtimes(path+".new", info.ModTime(), info.ModTime())
			os.Rename(path+".new", path)
		}, false},
		"touched": {func(t *testing.T, path string) {
			os.Chtimes(path, time.Now(), time.Now())
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir, memo := t.TempDir(), NewMemo(t.TempDir())
			path := dir + "/f"
			write(t, path, "old")
			tr := scan(t, dir, nil)
			age(tr)
			tr.Entries[0].Digest = planted
			memo.save(tr)
			time.Sleep(20 * time.Millisecond) // a clock's tick
			c.change(t, path)
			if got := scan(t, dir, memo).Entries[0].Digest == planted; got != c.used {
				t.Errorf("the remembered digest is used: %v, want %v", got, c.used)
			}
		})
	}
}

// TestMemoStat checks that each part of what is remembered of a file has to be as
// it was, since any may be all that an edit changes.
func TestMemoStat(t *testing.T) {
	dir, memo := t.TempDir(), NewMemo(t.TempDir())
	write(t, dir+"/f", "old")
	for name, change := range map[string]func(*stat){
		"nothing": func(*stat) {}, "size": func(s *stat) { s.size++ }, "mtime": func(s *stat) { s.mtime++ },
		"ctime": func(s *stat) { s.ctime++ }, "inode": func(s *stat) { s.ino++ },
	} {
		tr := scan(t, dir, nil)
		age(tr)
		tr.Entries[0].Digest = Sum([]byte("planted"))
		change(&tr.Entries[0].stat)
		memo.save(tr)
		used := scan(t, dir, memo).Entries[0].Digest == tr.Entries[0].Digest
		if used != (name == "nothing") {
			t.Errorf("%s differs: the remembered digest is used: %v", name, used)
		}
	}
	// And what the stat of a file is made of is the file's.
	a := scan(t, dir, nil).Entries[0].stat
	if err := errors.Join(os.WriteFile(dir+"/g", []byte("old"), 0o666), os.Rename(dir+"/g", dir+"/f")); err != nil {
		t.Fatal(err)
	}
	if b := scan(t, dir, nil).Entries[0].stat; a.ino == b.ino || a.ino == 0 || a.ctime == b.ctime || a.mtime == 0 || a.size != 3 {
		t.Errorf("of a file and another in its place: %+v, %+v", a, b)
	}
}

// TestRacy checks that a file which was changed just before it was scanned is
// not remembered, since it may be changed again within the same tick.
func TestRacy(t *testing.T) {
	dir, memo := t.TempDir(), NewMemo(t.TempDir())
	write(t, dir+"/young", "x")
	write(t, dir+"/future", "x")
	future := time.Now().Add(time.Hour)
	os.Chtimes(dir+"/future", future, future)
	scan(t, dir, memo)
	if l := memo.load(dir); len(l) != 0 {
		t.Errorf("remembered: %v", l)
	}
	tr := scan(t, dir, nil)
	tr.scanned = tr.scanned.Add(time.Minute)
	memo.save(tr)
	if l := memo.load(dir); len(l) != 1 || l[0].Path != "young" {
		t.Errorf("a minute later: %v, want young", l)
	}
}

func TestMemoDamaged(t *testing.T) {
	dir, memo := t.TempDir(), NewMemo(t.TempDir())
	write(t, dir+"/f", "x")
	remember(t, dir, memo)
	whole, err := os.ReadFile(memo.path(dir))
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for name, b := range map[string][]byte{"cut": whole[:i], "flipped": slices.Concat(whole[:i], []byte{whole[i] ^ 1}, whole[i+1:])} {
			write(t, memo.path(dir), string(b))
			if l := memo.load(dir); len(l) != 0 {
				t.Fatalf("%s at %d: %v", name, i, l)
			}
		}
	}
}

func TestEdited(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string)
		want   []string
	}{
		"nothing":   {func(*testing.T, string) {}, nil},
		"edited":    {func(t *testing.T, dir string) { write(t, dir+"/f", "y") }, []string{"f"}},
		"and back":  {func(t *testing.T, dir string) { write(t, dir+"/f", "y"); write(t, dir+"/f", "x") }, []string{"f"}},
		"added":     {func(t *testing.T, dir string) { write(t, dir+"/d/n", "") }, []string{"d/n"}},
		"removed":   {func(t *testing.T, dir string) { os.Remove(dir + "/d/g") }, []string{"d/g"}},
		"new mode":  {func(t *testing.T, dir string) { os.Chmod(dir+"/f", 0o777) }, []string{"f"}},
		"all of it": {func(t *testing.T, dir string) { os.RemoveAll(dir + "/d"); write(t, dir+"/d", "") }, []string{"d", "d/g"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/f", "x")
			write(t, dir+"/d/g", "x")
			tr := scan(t, dir, nil)
			time.Sleep(20 * time.Millisecond)
			c.change(t, dir)
			got, err := tr.Edited(t.Context(), 2)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// TestEditedWithinTheTick checks that an edit that leaves no trace in a young
// file's times is found by its content.
func TestEditedWithinTheTick(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/f", "x")
	tr := scan(t, dir, nil)
	write(t, dir+"/f", "y")
	now := scan(t, dir, nil)
	tr.Entries[0].stat = now.Entries[0].stat // as if the clock had not ticked
	got, err := tr.Edited(t.Context(), 1)
	if err != nil || !slices.Equal(got, []string{"f"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEditedGone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/f", "x")
	tr := scan(t, dir+"/f", nil)
	os.Remove(dir + "/f")
	if _, err := tr.Edited(t.Context(), 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// listings draws sorted listings over few paths, so that two of them overlap.
func listings() *rapid.Generator[Listing] {
	return rapid.Custom(func(t *rapid.T) Listing {
		paths := rapid.SliceOfDistinct(rapid.StringMatching(`[ab\n"é /]{1,3}`), func(s string) string { return s }).Draw(t, "paths")
		slices.Sort(paths)
		l := Listing{}
		for _, p := range paths {
			e := Entry{Path: p, Mode: rapid.SampledFrom([]Mode{Regular, Executable, Folder}).Draw(t, "mode")}
			if e.Mode != Folder {
				e.Size = rapid.Int64Range(0, 1<<40).Draw(t, "size")
				e.Digest[0] = rapid.Byte().Draw(t, "digest")
			}
			l = append(l, e)
		}
		return l
	})
}

func TestListingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := listings().Draw(t, "listing")
		got, err := ParseListing(l.Text())
		if err != nil || !reflect.DeepEqual(got, l) {
			t.Fatalf("got %v, %v, want %v", got, err, l)
		}
	})
}

// TestDiff applies a difference to the old listing and gets the new one.
func TestDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, new := listings().Draw(t, "old"), listings().Draw(t, "new")
		d := Diff(old, new)
		have := map[string]string{}
		for _, e := range old {
			have[e.Path] = fmt.Sprint(e.Mode, e.Digest)
		}
		in := map[string]string{}
		for _, e := range new {
			in[e.Path] = fmt.Sprint(e.Mode, e.Digest)
		}
		for _, p := range d.Removed {
			delete(have, p)
		}
		for _, p := range append(d.Added, d.Changed...) {
			if have[p] == in[p] {
				t.Fatalf("%q is said to differ and does not", p)
			}
			have[p] = in[p]
		}
		if !reflect.DeepEqual(have, in) {
			t.Fatalf("got %v, want %v", have, in)
		}
	})
}

func FuzzParseListing(f *testing.F) {
	f.Add([]byte("d - 0 a\nf " + Sum(nil).String() + " 0 a/b\n"))
	f.Add([]byte("f x 0 \"a"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ParseListing(text)
		if err != nil {
			return
		}
		again, err := ParseListing(l.Text())
		if err != nil || !reflect.DeepEqual(again, l) {
			t.Errorf("got %v, %v, want %v", again, err, l)
		}
	})
}
