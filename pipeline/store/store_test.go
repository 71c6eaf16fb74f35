package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whorl/pipeline/store/tree"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "artifacts"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// publish keeps a result whose outputs have the given content; a name that
// ends in "/" is a directory with the files of its content's lines.
func publish(t *testing.T, s *Store, text string, outputs map[string]string) *Manifest {
	t.Helper()
	m, err := tryPublish(t.Context(), s, text, outputs)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func tryPublish(ctx context.Context, s *Store, text string, outputs map[string]string) (*Manifest, error) {
	st, err := s.Stage()
	if err != nil {
		return nil, err
	}
	defer st.Discard()
	var want []Artifact
	for name, content := range outputs {
		dir, isDir := strings.CutSuffix(name, "/")
		want = append(want, Artifact{Name: dir, Dir: isDir})
		path := filepath.Join(st.OutDir(), dir)
		if !isDir {
			err = errors.Join(err, os.WriteFile(path, []byte(content), 0o666))
			continue
		}
		for f := range strings.Lines(content) {
			f = filepath.Join(path, strings.TrimSpace(f))
			err = errors.Join(err, os.MkdirAll(filepath.Dir(f), 0o777), os.WriteFile(f, []byte(f[len(path):]), 0o666))
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(want, func(a, b Artifact) int { return strings.Compare(a.Name, b.Name) })
	trees, err := st.Digest(ctx, want)
	if err != nil {
		return nil, err
	}
	code := []byte("code of " + text)
	m := &Manifest{Key: KeyOf(text), Text: text, Stage: "s", Run: "r", Started: time.Now(), Needs: []string{tree.Sum(code).String()}}
	return m, st.Publish(m, want, trees, code)
}

// keep are options to keep the results with the given keys, and to remove the
// rest at once; their runs have no records here.
func keep(keys map[string]bool) CollectOptions {
	return CollectOptions{
		Roots:         func() (*Roots, error) { return &Roots{Keys: keys}, nil },
		ForgetMissing: true,
	}
}

func lookup(t *testing.T, s *Store, key string) (*Manifest, string) {
	t.Helper()
	m, problem, err := s.Lookup(key)
	if err != nil {
		t.Fatal(err)
	}
	return m, problem
}

func TestPublish(t *testing.T) {
	s := open(t)
	if m, problem := lookup(t, s, KeyOf("x")); m != nil || problem != "" {
		t.Fatalf("an empty store has %v, %q", m, problem)
	}
	made := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\ntwo/three\n"})
	m, problem := lookup(t, s, made.Key)
	if m == nil {
		t.Fatal("not found: ", problem)
	}
	if want := tree.Sum([]byte("hello")).String(); m.Outputs[0].Digest != want || m.Outputs[0].Bytes != 5 {
		t.Errorf("output a: %+v, want digest %s", m.Outputs[0], want)
	}
	b, err := s.ReadAll(m.Outputs[0].Digest)
	if err != nil || string(b) != "hello" {
		t.Errorf("object: %q, %v", b, err)
	}
	d := s.Path(m.Outputs[1])
	b, err = os.ReadFile(filepath.Join(d, "two/three"))
	if err != nil || string(b) != "/two/three" {
		t.Errorf("file of a tree: %q, %v", b, err)
	}
	l, err := s.Listing(m.Outputs[1].Digest)
	if err != nil || len(l) != 3 {
		t.Errorf("listing: %v, %v", l, err)
	}
	for _, path := range []string{s.Path(m.Outputs[0]), filepath.Join(d, "one"), filepath.Join(d, "two/three")} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o222 != 0 {
			t.Errorf("%s can be written: %v, %v", path, info.Mode(), err)
		}
	}
	if left, _ := os.ReadDir(s.path("tmp")); len(left) > 0 {
		t.Errorf("left in tmp: %v", left)
	}
	publish(t, s, "y", map[string]string{"a": "hello", "d/": "one\ntwo/three\n"}) // the same bytes again
	if m, problem := lookup(t, s, KeyOf("y")); m == nil {
		t.Error("same bytes, another key: ", problem)
	}
}

func TestRefusedOutputs(t *testing.T) {
	for name, c := range map[string]struct {
		make func(out string) error
		want string
	}{
		"missing":    {func(string) error { return nil }, `it did not make its output "a"`},
		"undeclared": {func(out string) error { return os.WriteFile(out+"/b", nil, 0o666) }, `it made "b"`},
		"directory":  {func(out string) error { return os.Mkdir(out+"/a", 0o777) }, "is a directory"},
		"link":       {func(out string) error { return os.Symlink("/etc/passwd", out+"/a") }, "is a symbolic link"},
	} {
		t.Run(name, func(t *testing.T) {
			st, err := open(t).Stage()
			if err != nil {
				t.Fatal(err)
			}
			defer st.Discard()
			if err := c.make(st.OutDir()); err != nil {
				t.Fatal(err)
			}
			if _, err := st.Digest(t.Context(), []Artifact{{Name: "a"}}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	st, err := open(t).Stage()
	if err != nil {
		t.Fatal(err)
	}
	defer st.Discard()
	os.Mkdir(st.OutDir()+"/d", 0o777)
	os.Symlink("x", st.OutDir()+"/d/link")
	if _, err := st.Digest(t.Context(), []Artifact{{Name: "d", Dir: true}}); err == nil || !strings.Contains(err.Error(), "symbolic link link") {
		t.Errorf("a link in a directory: %v", err)
	}
}

// TestDamage damages everything that there is, in each of several ways: it is
// never accepted, fsck finds it, and publishing again heals it.
func TestDamage(t *testing.T) {
	outputs := map[string]string{"a": "hello", "d/": "one\ntwo/three\n"}
	ways := map[string]func(path string) error{
		"removed":   os.Remove,
		"truncated": func(p string) error { return os.WriteFile(p, nil, 0o666) },
		"edited": func(p string) error {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			b[0] ^= 1
			return os.WriteFile(p, b, 0o666)
		},
		"rotten": func(p string) error { // bits that flip leave the times as they were
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			b[0] ^= 1
			return errors.Join(os.WriteFile(p, b, 0o666), os.Chtimes(p, stamp, stamp))
		},
	}
	targets := map[string]func(s *Store, m *Manifest) string{
		"object":   func(s *Store, m *Manifest) string { return s.Path(m.Outputs[0]) },
		"tree":     func(s *Store, m *Manifest) string { return filepath.Join(s.Path(m.Outputs[1]), "two/three") },
		"listing":  func(s *Store, m *Manifest) string { return s.fanned("objects", m.Outputs[1].Digest) },
		"manifest": func(s *Store, m *Manifest) string { return s.fanned("keys", m.Key) },
	}
	for target, path := range targets {
		for way, damage := range ways {
			t.Run(target+" "+way, func(t *testing.T) {
				s := open(t)
				m := publish(t, s, "x", outputs)
				p := path(s, m)
				os.Chmod(filepath.Dir(p), 0o755)
				os.Chmod(p, 0o644)
				if err := damage(p); err != nil {
					t.Fatal(err)
				}
				listing := target == "listing" // which the directory's content tells, and which is written again
				if got, _ := lookup(t, s, m.Key); got != nil && way != "rotten" && !listing {
					t.Error("it was accepted")
				}
				c, err := s.Fsck(t.Context(), FsckOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Damaged)+len(c.Lost) == 0 && !listing && (target != "manifest" || way != "removed") {
					t.Error("fsck found nothing")
				}
				if got, _ := lookup(t, s, m.Key); (got != nil) != listing {
					t.Errorf("after fsck: accepted is %v", got != nil)
				}
				publish(t, s, "x", outputs)
				if c, err = s.Fsck(t.Context(), FsckOptions{}); err != nil || len(c.Damaged)+len(c.Lost) > 0 {
					t.Errorf("made again, fsck finds %+v, %v", c, err)
				}
				if got, problem := lookup(t, s, m.Key); got == nil {
					t.Error("made again, it is refused: ", problem)
				}
			})
		}
	}
}

func TestRuns(t *testing.T) {
	s := open(t)
	run, err := s.Begin("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin("one"); !errors.Is(err, ErrRunExists) {
		t.Errorf("begun twice: %v", err)
	}
	recoverWith(t, s, nil)
	if err := run.Finish([]byte(`{"x":1}`)); err != nil {
		t.Fatal(err)
	}
	recoverWith(t, s, nil)
	if got, err := s.ReadRun("one"); err != nil || string(got) != "{\"x\":1}\n" {
		t.Errorf("record %s, %v", got, err)
	}
	if _, err := s.Begin("one"); !errors.Is(err, ErrRunExists) {
		t.Errorf("begun again: %v", err)
	}
	for _, id := range []string{"", "a/b", ".x", "../x", "x.labels"} {
		if _, err := s.Begin(id); err == nil {
			t.Errorf("id %q was taken", id)
		}
	}
}

// recoverWith recovers; no process may be taken for dead if crashed is nil.
func recoverWith(t *testing.T, s *Store, crashed func(id string, lines [][]byte) ([]byte, error)) (left []error) {
	t.Helper()
	if crashed == nil {
		crashed = func(id string, _ [][]byte) ([]byte, error) { return nil, fmt.Errorf("%s is taken for dead", id) }
		defer func() {
			if left != nil {
				t.Error(left)
			}
		}()
	}
	left, err := s.Recover(crashed)
	if err != nil {
		t.Error(err)
	}
	return left
}

// die leaves what the death of a process leaves that has noted the lines.
func die(t *testing.T, s *Store, id, lines string) {
	t.Helper()
	r, err := s.Begin(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, alive, err := s.ReadActive(id); !alive || err != nil {
		t.Errorf("run %s lives and is taken for dead, %v", id, err)
	}
	if err := r.Append([]byte(lines)); err != nil {
		t.Fatal(err)
	}
	r.f.Close() // as the end of its process would
}

func TestRecover(t *testing.T) {
	s := open(t)
	die(t, s, "two", "\"begun\"\n42\n{\"cut")
	die(t, s, "bad", "\"nonsense\"\n")
	die(t, s, "new", "") // it died before it had begun
	if lines, alive, err := s.ReadActive("two"); alive || err != nil || len(lines) != 2 {
		t.Errorf("%q, %v, %v", lines, alive, err)
	}
	left := recoverWith(t, s, func(id string, lines [][]byte) ([]byte, error) {
		if id == "bad" {
			return nil, errors.New("what is this")
		}
		return fmt.Appendf(nil, `"%s %d"`, id, len(lines)), nil
	})
	// What cannot be recovered is told once, and keeps nothing else back.
	if len(left) != 1 || !strings.Contains(left[0].Error(), "bad") {
		t.Errorf("left: %v", left)
	}
	recoverWith(t, s, nil)
	if got, err := s.ReadRun("two"); err != nil || string(got) != "\"two 2\"\n" {
		t.Errorf("record %s, %v", got, err)
	}
	if aside, err := filepath.Glob(s.path("damaged", "bad-*")); err != nil || len(aside) != 1 {
		t.Errorf("set aside: %q, %v", aside, err)
	}
}

// A record that cannot be written, as on a full disk, is tried again.
func TestRecoverAgain(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root can write everywhere")
	}
	s := open(t)
	die(t, s, "r", "1\n")
	crashed := func(string, [][]byte) ([]byte, error) { return []byte("1"), nil }
	if err := os.Chmod(s.path("runs"), 0o555); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if left := recoverWith(t, s, crashed); len(left) != 1 {
			t.Errorf("left: %v", left)
		}
	}
	if err := os.Chmod(s.path("runs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if left := recoverWith(t, s, crashed); left != nil {
		t.Errorf("left: %v", left)
	}
	if _, err := s.ReadRun("r"); err != nil {
		t.Error(err)
	}
}

// What is listed of a run has another stamp whenever record or labels change.
func TestRunStamps(t *testing.T) {
	s := open(t)
	seen := map[string]bool{}
	check := func(after string, active bool) {
		t.Helper()
		all, err := s.AllRuns()
		if err != nil || len(all) != 1 || all[0].Active != active || seen[all[0].Stamp] {
			t.Errorf("after %s: %+v, %v", after, all, err)
			return
		}
		seen[all[0].Stamp] = true
	}
	r, err := s.Begin("r")
	if err != nil {
		t.Fatal(err)
	}
	check("begin", true)
	r.Append([]byte("1\n"))
	check("append", true)
	r.Finish([]byte("{}"))
	check("finish", false)
	s.WriteLabels("r", []byte("{}"))
	check("labels", false)
	s.WriteRun("r", []byte("{}"))
	check("the same again", false)
	s.WriteLabels("r", []byte(`{"name":"x"}`))
	check("other labels", false)
}

func TestTrash(t *testing.T) {
	s, ctx := open(t), t.Context()
	if err := errors.Join(s.WriteRun("r", []byte("1")), s.WriteLabels("r", []byte("2"))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.RemoveRun(ctx, "r"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ReadRun("r"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a removed run: %v", err)
		}
		if ids, err := s.RemovedRuns(); err != nil || !slices.Equal(ids, []string{"r"}) {
			t.Errorf("removed: %q, %v", ids, err)
		}
		if err := s.RestoreRun(ctx, "r"); err != nil {
			t.Fatal(err)
		}
		labels, err := s.ReadLabels("r")
		if _, e := s.ReadRun("r"); err != nil || e != nil || string(labels) != "2\n" {
			t.Errorf("restored: %q, %v, %v", labels, err, e)
		}
	}
	if err := s.RestoreRun(ctx, "r"); err == nil {
		t.Error("restored twice")
	}
	if err := s.RemoveRun(ctx, "r"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Collect(ctx, keep(nil)); err != nil {
		t.Fatal(err)
	}
	if err := s.RestoreRun(ctx, "r"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("restored after a collection: %v", err)
	}
}

// TestSweep checks that staging of the dead is removed, and of the living not.
func TestSweep(t *testing.T) {
	s := open(t)
	alive, err := s.Stage()
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Discard()
	dead, err := s.Stage()
	if err != nil {
		t.Fatal(err)
	}
	os.Mkdir(dead.Dir()+"/sealed", 0o555)
	dead.lock.Close()
	recoverWith(t, s, nil)
	if _, err := os.Stat(alive.Dir()); err != nil {
		t.Error("the living's is gone")
	}
	if _, err := os.Stat(dead.Dir()); err == nil {
		t.Error("the dead's is there")
	}
}

func TestLockKey(t *testing.T) {
	s := open(t)
	a, err := s.LockKey(t.Context(), "k", nil)
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan bool)
	got := make(chan *Lock)
	go func() {
		b, err := s.LockKey(t.Context(), "k", func() { close(waiting) })
		if err != nil {
			t.Error(err)
		}
		got <- b
	}()
	<-waiting
	select {
	case <-got:
		t.Fatal("two hold the lock")
	case <-time.After(20 * time.Millisecond):
	}
	a.Release()
	(<-got).Release()
	if left, _ := os.ReadDir(s.path("locks")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}

	hold, _ := s.LockKey(t.Context(), "k", nil)
	defer hold.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.LockKey(ctx, "k", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting could not be interrupted: %v", err)
	}
}

// TestCopy checks that nothing done to a copy reaches the store.
func TestCopy(t *testing.T) {
	s := open(t)
	m := publish(t, s, "x", map[string]string{"a": "hello", "d/": "one\ntwo/three\n"})
	for _, a := range m.Outputs {
		to := filepath.Join(t.TempDir(), a.Name)
		if err := s.Copy(t.Context(), a, to); err != nil {
			t.Fatal(err)
		}
		filepath.WalkDir(to, func(p string, d os.DirEntry, err error) error {
			if err != nil {
				t.Error(err)
			} else if !d.IsDir() {
				if err := os.WriteFile(p, []byte("scribble"), 0); err != nil {
					t.Errorf("the copy cannot be edited: %v", err)
				}
			}
			return nil
		})
		if err := s.Check(a); err != nil {
			t.Error(err)
		}
	}
	c, err := s.Fsck(t.Context(), FsckOptions{})
	if err != nil || len(c.Damaged) > 0 {
		t.Errorf("fsck: %+v, %v", c, err)
	}
}

func TestFormat(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "format"), []byte("whorl store 99\n"), 0o666)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "whorl store 99") {
		t.Errorf("another format was opened: %v", err)
	}
}

func TestReadAll(t *testing.T) {
	s := open(t)
	for _, bad := range []string{"", "xyz", "../../../etc/passwd", tree.Sum(nil).String()} {
		if _, err := s.ReadAll(bad); err == nil {
			t.Errorf("read %q", bad)
		}
	}
}

// TestOpenAtOnce checks that of many who make a store at once all use the same.
func TestOpenAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "artifacts")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			s, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			g, err := s.Use(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer g.Release()
			if _, err := s.Collect(t.Context(), CollectOptions{DryRun: true}); !errors.Is(err, ErrBusy) {
				t.Errorf("collected while in use: %v", err)
			}
		})
	}
	wg.Wait()
}

// A run that has just begun is not taken for dead by those who look for the
// dead meanwhile.
func TestBeginWhileRecovering(t *testing.T) {
	s := open(t)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if left := recoverWith(t, s, nil); left != nil {
					return
				}
			}
		})
	}
	for i := range 500 {
		r, err := s.Begin(fmt.Sprint("run", i))
		if err != nil {
			t.Error(err)
			break
		}
		r.Abandon()
	}
	close(stop)
	wg.Wait()
}
