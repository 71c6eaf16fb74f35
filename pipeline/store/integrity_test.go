package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/store/envelope"
)

// rot changes a byte of a published file and leaves size and times as they were,
// but for ctime, which nobody can set.
func rot(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		b[len(b)/2] ^= 1
		err = errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, b, 0), os.Chtimes(path, stamp, stamp), os.Chmod(path, 0o444))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func isDamaged(err error) bool {
	var damaged *DamagedError
	return errors.As(err, &damaged)
}

// TestReadersVerify checks that whoever reads an artifact is told of damage that
// no size and time shows (defects 1 and 15).
func TestReadersVerify(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\ntwo/three\n"})
	for _, a := range m.Outputs {
		if _, err := s.Verify(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
	}
	rot(t, s.Path(m.Outputs[0]))
	rot(t, s.Path(m.Outputs[1])+"/two/three")
	other, err := Open(s.dir) // another process, which vouches for nothing
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{s, other} {
		for _, a := range m.Outputs {
			_, verify := s.Verify(t.Context(), a, false)
			_, locate := s.Locate(t.Context(), a)
			for what, err := range map[string]error{
				"verify": verify, "locate": locate, "copy": s.Copy(t.Context(), a, filepath.Join(t.TempDir(), "copy")),
			} {
				if !isDamaged(err) {
					t.Errorf("%s of %s: %v", what, a.Name, err)
				}
			}
		}
		if _, err := s.Open(m.Outputs[0].Digest); !isDamaged(err) {
			t.Errorf("open: %v", err)
		}
	}
}

// TestVouched checks that an artifact that this process has published is not read
// again, and that rehash reads it all the same.
func TestVouched(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"})
	a := m.Outputs[0]
	first := s.vouched.get(s.Path(a))
	if first == nil {
		t.Fatal("what was just published is not vouched for")
	}
	if got, err := s.Verify(t.Context(), a, false); err != nil || got != first {
		t.Errorf("it was read again: %v", err)
	}
	if got, err := s.Verify(t.Context(), a, true); err != nil || got == first {
		t.Errorf("it was not read again: %v", err)
	}
}

// TestPublishReplacesDamaged checks that new bytes take the place of damaged
// ones, whatever a stat says of these (defect 1).
func TestPublishReplacesDamaged(t *testing.T) {
	s := open(t)
	outputs := map[string]string{"a": "hello", "d/": "one\ntwo/three\n"}
	m := publish(t, s, "x", outputs)
	rot(t, s.Path(m.Outputs[0]))
	rot(t, s.Path(m.Outputs[1])+"/two/three")
	publish(t, s, "x", outputs)
	for _, a := range m.Outputs {
		if _, err := s.Verify(t.Context(), a, true); err != nil {
			t.Error(err)
		}
	}
}

// TestModesCoexist checks that artifacts with the same bytes, one of which may be
// executed, keep their permissions (defect 4).
func TestModesCoexist(t *testing.T) {
	s := open(t)
	for _, exec := range []bool{false, true} {
		st, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		defer st.Discard()
		mode := fs.FileMode(0o644)
		if exec {
			mode = 0o755
		}
		if err := os.WriteFile(st.OutDir()+"/o", []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
		want := []Artifact{{Name: "o"}}
		trees, err := st.Digest(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		text := "plain"
		if exec {
			text = "executable"
		}
		if err := st.Publish(&Manifest{Key: KeyOf(text), Text: text}, want, trees); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]fs.FileMode{"plain": 0o444, "executable": 0o555} {
		m, problem := lookup(t, s, KeyOf(text))
		if m == nil {
			t.Fatal(text, problem)
		}
		info, err := os.Stat(s.Path(m.Outputs[0]))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", text, info.Mode(), err)
		}
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || !c.Sound() || c.Objects != 2 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
}

// TestManifestBits flips every bit of a manifest: it is damaged, and never read as
// something else (defect 5).
func TestManifestBits(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"})
	path := s.fanned("keys", m.Key)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 * len(whole) {
		b := bytes.Clone(whole)
		b[i/8] ^= 1 << (i % 8)
		if got, err := decodeManifest(b); err == nil {
			t.Fatalf("bit %d: %+v", i, got)
		}
	}
}

// TestOldManifest checks that manifests without an envelope are read, and read
// strictly.
func TestOldManifest(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"})
	path := s.fanned("keys", m.Key)
	bare, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	write := func(b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(bare)
	if got, problem := lookup(t, s, m.Key); got == nil || len(got.Outputs) != 1 {
		t.Errorf("an old manifest: %v, %s", got, problem)
	}
	for old, new := range map[string]string{
		`"Outputs":`: `"Nutputs":`, `"Metrics":`: `"Netrics":`, `"Metrics":""`: `"Metrics":"x"`,
		`"Needs":[`: `"Needs":["q",`, `"Text":"x"`: `"Text":"y"`, `"Dir"`: `"Dir"`, `"Bytes":5`: `"Bytes":-5`,
	} {
		b := strings.Replace(string(bare), old, new, 1)
		if b == string(bare) {
			continue
		}
		write([]byte(b))
		if got, _ := lookup(t, s, m.Key); got != nil {
			t.Errorf("%s for %s is accepted", new, old)
		}
	}
	c, err := s.Fsck(t.Context(), FsckOptions{})
	if err != nil || len(c.Damaged) != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
}

// TestNewerManifest checks that what a newer program wrote is neither read nor
// set aside.
func TestNewerManifest(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello"})
	path := s.fanned("keys", m.Key)
	if err := os.WriteFile(path, envelope.Encode(manifestKind, manifestVersion+1, []byte("{}")), 0o644); err != nil {
		t.Fatal(err)
	}
	var newer *envelope.VersionError
	if _, _, err := s.Lookup(m.Key); !errors.As(err, &newer) {
		t.Errorf("lookup: %v", err)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Unread) != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestRecords checks that records of runs which are empty, strays or another run's
// are set aside, one line each (defect 13).
func TestRecords(t *testing.T) {
	s := open(t)
	for _, id := range []string{"good", "empty", "copied", "flipped"} {
		if err := s.WriteRun(id, []byte(`{"ID": "`+id+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	good, err := os.ReadFile(s.runPath("good"))
	flipped := bytes.Clone(good)
	flipped[len(flipped)-5] ^= 4
	err = errors.Join(err,
		os.WriteFile(s.runPath("empty"), nil, 0o644),
		os.WriteFile(s.runPath("copied"), good, 0o644),
		os.WriteFile(s.runPath("flipped"), flipped, 0o644),
		os.WriteFile(s.runPath("old"), []byte(`{"ID": "old"}`), 0o644),
		os.WriteFile(s.path("runs", "stray.txt"), nil, 0o644),
		os.Mkdir(s.path("runs", "folder.json"), 0o755),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"empty", "copied", "flipped"} {
		if _, err := s.ReadRun(id); !isDamaged(err) {
			t.Errorf("%s: %v", id, err)
		}
	}
	c, err := s.Fsck(t.Context(), FsckOptions{})
	if err != nil || len(c.Damaged) != 5 || c.Records != 2 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	if c, err = s.Fsck(t.Context(), FsckOptions{}); err != nil || !c.Sound() || c.Records != 2 {
		t.Errorf("fsck again: %+v, %v", c, err)
	}
}

// TestNoStore checks that nothing is made where there is no store (defect 24).
func TestNoStore(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, dir + "/none", dir + "/a[b"} {
		if _, err := OpenExisting(path); !errors.Is(err, ErrNoStore) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if made, _ := os.ReadDir(dir); len(made) > 0 {
		t.Errorf("made: %v", made)
	}
}

// TestPlantedLinks checks that links which a stage leaves where the store writes
// its own files are not followed.
func TestPlantedLinks(t *testing.T) {
	s := open(t)
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	st, err := s.Stage()
	if err != nil {
		t.Fatal(err)
	}
	defer st.Discard()
	digest := KeyOf("extra")
	if err := errors.Join(os.Symlink(mine, st.Dir()+"/manifest"), os.Symlink(mine, st.Dir()+"/"+digest), os.WriteFile(st.OutDir()+"/o", nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	want := []Artifact{{Name: "o"}}
	trees, err := st.Digest(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Publish(&Manifest{Key: KeyOf("x"), Text: "x"}, want, trees, []byte("extra")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
		t.Errorf("the file out there is now %q, %v", b, err)
	}
}

// TestProgress checks that fsck tells how far it has come.
func TestProgress(t *testing.T) {
	s := open(t)
	publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\n"})
	var last, total int64
	c, err := s.Fsck(context.Background(), FsckOptions{Progress: func(done, of int64) {
		if done < last {
			t.Errorf("%d after %d", done, last)
		}
		last, total = done, of
	}})
	if err != nil || !c.Sound() || last != total || total == 0 {
		t.Errorf("%d of %d bytes; %+v, %v", last, total, c, err)
	}
}

// TestCheckpointOfAnother checks that a checkpoint under another step or key is
// not taken.
func TestCheckpointOfAnother(t *testing.T) {
	s := open(t)
	cps := s.Checkpoints(KeyOf("one"))
	if err := cps.Save(3, func(w io.Writer) error { _, err := io.WriteString(w, "state"); return err }); err != nil {
		t.Fatal(err)
	}
	name, err := filepath.Glob(s.path("checkpoints", "*", "*"))
	if err != nil || len(name) != 1 {
		t.Fatal(name, err)
	}
	_, digest, _ := strings.Cut(filepath.Base(name[0]), "-")
	other := s.path("checkpoints", KeyOf("two"))
	if err := errors.Join(os.Mkdir(other, 0o755), os.Link(name[0], other+"/3-"+digest), os.Link(name[0], filepath.Dir(name[0])+"/5-"+digest)); err != nil {
		t.Fatal(err)
	}
	var notices []string
	s.Notice = func(n string) { notices = append(notices, n) }
	step, r, err := cps.Latest(9)
	if err != nil || step != 3 {
		t.Fatalf("step %d, %v", step, err)
	}
	r.Close()
	if step, _, err := s.Checkpoints(KeyOf("two")).Latest(9); err != nil || step != 0 {
		t.Errorf("another key's: step %d, %v", step, err)
	}
	if len(notices) != 2 {
		t.Errorf("notices: %q", notices)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Damaged) != 2 || c.Checkpoints != 1 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
}
