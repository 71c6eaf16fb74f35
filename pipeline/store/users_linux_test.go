package store

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// asUser runs a test of this binary, which begins with "if dir := user(t)", as
// an ordinary user, in a directory that everybody can enter. Only root can.
func asUser(t *testing.T, uid, gid int, umask, test, dir string) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", "umask "+umask+"; exec /proc/self/fd/3 -test.run='^"+test+"$' -test.v")
	binary, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	cmd.ExtraFiles = []*os.File{binary}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "STORE_TEST_DIR="+dir, "TMPDIR="+dir, "GOTRACEBACK=none")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s as user %d: %v\n%s", test, uid, err, out)
	}
}

// user returns the directory of a test that asUser runs.
func user(t *testing.T) string {
	dir := os.Getenv("STORE_TEST_DIR")
	if dir == "" {
		t.Skip("another test runs it as another user")
	}
	return dir
}

// shared returns a directory, with the given mode and group, that other users can
// reach.
func shared(t *testing.T, uid, gid int, mode os.FileMode) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can act for several users")
	}
	dir, err := os.MkdirTemp("/tmp", "whorl-users-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeAll(dir) })
	if err := errors.Join(os.Chown(dir, uid, gid), os.Chmod(dir, mode)); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	alice, bob = 60001, 60002
	group      = 60009
)

// TestGroup checks that the members of a group share a store in a setgid folder,
// whatever their umask (defect 11).
func TestGroup(t *testing.T) {
	dir := shared(t, alice, group, 0o775|os.ModeSetgid)
	asUser(t, alice, group, "077", "TestUserWork", dir)
	asUser(t, bob, group, "022", "TestUserWork", dir)
	asUser(t, alice, group, "022", "TestUserWork", dir)
}

// TestRootInUsersStore checks that a user goes on with a store in which root has
// worked (defect 10).
func TestRootInUsersStore(t *testing.T) {
	dir := shared(t, alice, alice, 0o755)
	asUser(t, alice, alice, "022", "TestUserWork", dir)
	work(t, dir)
	s, err := Open(dir + "/artifacts")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin("root"); err != nil { // and the run does not end
		t.Fatal(err)
	}
	asUser(t, alice, alice, "022", "TestUserWork", dir)
}

func TestUserWork(t *testing.T) { work(t, user(t)) }

// work does all that a store is for.
func work(t *testing.T, dir string) {
	t.Helper()
	s, err := Open(dir + "/artifacts")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recover(func(string, [][]byte) ([]byte, error) { return []byte("1"), nil }); err != nil {
		t.Errorf("recover: %v", err)
	}
	outputs := map[string]string{"a": "hello", "d/": "one\ntwo/three\n"}
	run, err := s.Begin(filepath.Base(t.TempDir()) + "-" + KeyOf(t.TempDir())[:8])
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.LockKey(t.Context(), KeyOf("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	m := publish(t, s, "x", outputs)
	l.Release()
	if err := run.Finish([]byte(`{"ID": "` + run.id + `"}`)); err != nil {
		t.Errorf("record: %v", err)
	}
	if got, problem := lookup(t, s, m.Key); got == nil {
		t.Error(problem)
	}
	if err := s.Checkpoints(KeyOf("c")).Save(1, func(w io.Writer) error { _, err := w.Write([]byte("state")); return err }); err != nil {
		t.Errorf("checkpoint: %v", err)
	}
	if c, err := s.Fsck(t.Context(), FsckOptions{}); err != nil || !c.Sound() {
		t.Errorf("fsck: %+v, %v", c, err)
	}
	o := keep(nil)
	if c, err := s.Collect(t.Context(), o); err != nil || c.Results != 1 {
		t.Errorf("gc: %+v, %v", c, err)
	}
	publish(t, s, "x", outputs)
}

// TestReadOnlyStore checks that a store which others may only read serves them.
func TestReadOnlyStore(t *testing.T) {
	dir := shared(t, alice, alice, 0o755)
	asUser(t, alice, alice, "022", "TestUserWork", dir)
	asUser(t, bob, bob, "022", "TestUserReads", dir)
}

func TestUserReads(t *testing.T) {
	s, err := OpenExisting(user(t) + "/artifacts")
	if err != nil {
		t.Fatal(err)
	}
	if s.Writable() {
		t.Error("it can be written to")
	}
	if _, err := s.Recover(nil); err != nil {
		t.Errorf("recover: %v", err)
	}
	m, problem := lookup(t, s, KeyOf("x"))
	if m == nil {
		t.Fatal(problem)
	}
	for _, a := range m.Outputs {
		if _, err := s.Locate(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	runs, err := s.Runs()
	if err != nil || len(runs) == 0 {
		t.Errorf("runs: %v, %v", runs, err)
	}
	for _, r := range runs {
		if _, err := s.ReadRun(r.ID); err != nil {
			t.Error(err)
		}
	}
}

// TestLeftovers checks that files which cannot be removed hinder nobody, and are
// mentioned once (defect 9).
func TestLeftovers(t *testing.T) {
	s := open(t)
	var notices []string
	s.Notice = func(n string) { notices = append(notices, n) }
	left := s.path("tmp", "stage-dead")
	if err := os.MkdirAll(left+"/work/busy", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", left+"/work/busy", "tmpfs", 0, ""); err != nil {
		t.Skip("mount: ", err)
	}
	defer func() {
		moved, _ := filepath.Glob(s.path("damaged", "left-*", "work", "busy"))
		for _, path := range append(moved, left+"/work/busy") {
			unix.Unmount(path, 0)
		}
	}()
	for range 2 {
		if _, err := s.Recover(nil); err != nil {
			t.Error(err)
		}
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "stage-dead cannot be removed") {
		t.Errorf("notices: %q", notices)
	}
	publish(t, s, "x", map[string]string{"a": "hello"})
}

// TestImmutable checks that an immutable file in a staging is removed with it
// (defect 9).
func TestImmutable(t *testing.T) {
	s := open(t)
	st, err := s.Stage()
	if err != nil {
		t.Fatal(err)
	}
	path := st.Dir() + "/f"
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chattr", "+i", path).CombinedOutput(); err != nil {
		st.Discard()
		t.Skipf("chattr: %v: %s", err, out)
	}
	st.Discard()
	if _, err := os.Lstat(st.Dir()); err == nil {
		t.Error("it is still there")
	}
}
