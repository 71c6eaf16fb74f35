package store

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whorl/pipeline/store/tree"
)

// A memory is what a disk holds for certain, as far as has been synced, beside
// what the file system shows. After every change that the store makes, power
// is cut in imagination: what was not synced is dropped, torn or kept at
// random, each name and each file by itself, and the store has to be sound.
type memory struct {
	t     *testing.T
	s     *Store
	nodes map[identity]*inode
	root  *inode
	rand  *rand.Rand
	tries int // images a change

	acked  map[string]bool // keys whose Publish has returned
	gone   map[string]bool // keys that are being collected
	steps  map[string]int  // newest checkpoint that Save has returned for
	runs   []string        // that WriteRun has returned for
	images int
}

// An identity is an inode's number with its birth, since numbers are used again.
type identity struct {
	ino   uint64
	birth int64
}

// An inode is a file or directory now, and as it would be after a power loss.
type inode struct {
	dir       bool
	now, safe state
}

type state struct {
	content string
	mode    fs.FileMode
	mtime   time.Time
	entries map[string]*inode
}

// scan brings the nodes up to what the file system shows.
func (m *memory) scan(path string) *inode {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &st); err != nil {
		m.t.Fatal(err)
	}
	id := identity{st.Ino, st.Btime.Sec*1e9 + int64(st.Btime.Nsec)}
	n := m.nodes[id]
	if n == nil {
		n = &inode{dir: st.Mode&unix.S_IFMT == unix.S_IFDIR}
		m.nodes[id] = n
	}
	n.now = state{mode: fs.FileMode(st.Mode & 0o777), mtime: time.Unix(st.Mtime.Sec, int64(st.Mtime.Nsec))}
	if !n.dir {
		b, err := os.ReadFile(path)
		if err != nil {
			m.t.Fatal(err)
		}
		n.now.content = string(b)
		return n
	}
	n.now.entries = map[string]*inode{}
	names, err := os.ReadDir(path)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, d := range names {
		n.now.entries[d.Name()] = m.scan(filepath.Join(path, d.Name()))
	}
	return n
}

// find returns the inode at a path, as it is now.
func (m *memory) find(path string) *inode {
	n := m.root
	if rel := strings.TrimPrefix(strings.TrimPrefix(path, m.s.dir), "/"); rel != "" {
		for name := range strings.SplitSeq(rel, "/") {
			if n = n.now.entries[name]; n == nil {
				m.t.Fatalf("synced %s, which is not there", path)
			}
		}
	}
	return n
}

// did follows a change of the store, and then cuts the power.
func (m *memory) did(op, path, _ string) {
	m.root = m.scan(m.s.dir)
	switch op {
	case "sync":
		n := m.find(path)
		n.safe = n.now
	case "syncall":
		m.safeAll()
	}
	for range m.tries {
		m.cut(op + " " + strings.TrimPrefix(path, m.s.dir))
	}
}

func (m *memory) safeAll() {
	for _, n := range m.nodes {
		n.safe = n.now
	}
}

// cut writes one of the disks that a power loss could leave, and checks that
// a store on it is sound.
func (m *memory) cut(after string) {
	dir := filepath.Join(m.t.TempDir(), "artifacts")
	defer removeAll(dir)
	m.write(m.root, dir)
	m.images++
	s, err := Open(dir)
	if err != nil {
		m.t.Fatalf("after %s: %v", after, err)
	}
	if left, err := s.Recover(nil); err != nil || left != nil {
		m.t.Fatalf("after %s: recover: %v, %v", after, left, err)
	}
	for key := range m.acked {
		if got, problem, err := s.Lookup(key); got == nil && !m.gone[key] {
			m.t.Fatalf("after %s: a result is lost that had been published: %s %v", after, problem, err)
		}
	}
	err = s.Manifests(func(mf *Manifest) error {
		got, problem, err := s.Lookup(mf.Key)
		if err != nil {
			return err
		}
		if got == nil { // a manifest comes last and goes first
			return fmt.Errorf("the manifest of %q is there, and what it names is not: %s", mf.Text, problem)
		}
		for _, a := range got.Outputs {
			if err := wholly(s, a); err != nil {
				return fmt.Errorf("%s of %q is accepted: %w", a.Name, mf.Text, err)
			}
		}
		for _, d := range got.Needs {
			if _, err := s.ReadAll(d); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if err != nil {
		m.t.Fatalf("after %s: %v", after, err)
	}
	for key, want := range m.steps {
		step, r, err := s.Checkpoints(key).Latest(1 << 30)
		if err != nil || step < want {
			m.t.Fatalf("after %s: the newest checkpoint is %d, want %d; %v", after, step, want, err)
		}
		if b, _ := io.ReadAll(r); string(b) != fmt.Sprint("state ", step) {
			m.t.Fatalf("after %s: checkpoint %d holds %q", after, step, b)
		}
		r.Close()
	}
	for _, id := range m.runs {
		text, err := s.ReadRun(id)
		if err != nil || strings.TrimSpace(string(text)) != `"record `+id+`"` {
			m.t.Fatalf("after %s: record of run %s: %q, %v", after, id, text, err)
		}
	}
}

// wholly reads all of an artifact.
func wholly(s *Store, a Artifact) error {
	if a.Dir {
		t, err := tree.Scan(context.Background(), s.Path(a), nil, 1)
		if err == nil && t.Digest.String() != a.Digest {
			err = fmt.Errorf("%s is another tree", s.Path(a))
		}
		if err == nil {
			_, err = s.Listing(a.Digest)
		}
		return err
	}
	_, err := s.ReadAll(a.Digest)
	return err
}

// write writes an inode as a power loss could leave it.
func (m *memory) write(n *inode, path string) {
	if !n.dir {
		st := n.safe
		if n.safe.content != n.now.content || !n.safe.mtime.Equal(n.now.mtime) {
			now := n.now
			switch m.rand.IntN(4) {
			case 0:
				st = now
			case 1: // its size was written, its blocks were not
				st = now
				st.content = strings.Repeat("\x00", len(now.content))
			case 2:
				st = now
				st.content = now.content[:len(now.content)/2]
			}
		}
		if err := os.WriteFile(path, []byte(st.content), 0o666); err != nil {
			m.t.Fatal(err)
		}
		os.Chtimes(path, st.mtime, st.mtime)
		return
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		m.t.Fatal(err)
	}
	names := map[string]bool{}
	for name := range n.now.entries {
		names[name] = true
	}
	for name := range n.safe.entries {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		child := n.safe.entries[name]
		if now := n.now.entries[name]; now != child && m.rand.IntN(2) == 0 {
			child = now
		}
		if child != nil {
			m.write(child, filepath.Join(path, name))
		}
	}
}

// TestPowerLoss publishes results that share content, saves checkpoints, keeps
// records and collects, with the power cut after every single change.
func TestPowerLoss(t *testing.T) {
	tries := 2
	if os.Getenv("WHORL_LONG") != "" {
		tries = 60
	}
	for seed := range uint64(2) {
		s := open(t)
		m := &memory{
			t: t, s: s, nodes: map[identity]*inode{}, rand: rand.New(rand.NewPCG(seed, 7)), tries: tries,
			acked: map[string]bool{}, gone: map[string]bool{}, steps: map[string]int{},
		}
		m.root = m.scan(s.dir)
		m.safeAll()
		s.disk.trace = m.did
		for i, outputs := range []map[string]string{
			{"a": "hello"},
			{"a": "hello", "b": strings.Repeat("x", 9000)},
			{"d/": "one\ntwo/three\n"},
			{"d/": "one\ntwo/three\n", "a": "hello"},
		} {
			text := fmt.Sprint("text ", i)
			publish(t, s, text, outputs)
			m.acked[KeyOf(text)] = true
		}
		for step := 1; step <= 4; step++ {
			err := s.Checkpoints("c").Save(step, func(w io.Writer) error { _, err := fmt.Fprint(w, "state ", step); return err })
			if err != nil {
				t.Fatal(err)
			}
			m.steps["c"] = step
		}
		if err := s.WriteRun("r", []byte(`"record r"`)); err != nil {
			t.Fatal(err)
		}
		m.runs = append(m.runs, "r")
		m.gone[KeyOf("text 1")], m.gone[KeyOf("text 2")] = true, true
		roots := map[string]bool{KeyOf("text 0"): true, KeyOf("text 3"): true}
		if _, err := s.Collect(t.Context(), keep(roots)); err != nil {
			t.Fatal(err)
		}
		m.did("collect", s.dir, "")
		t.Logf("%d images of a disk after a power loss", m.images)
	}
}
