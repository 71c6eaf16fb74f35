package isolate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain also serves as a process that starts a command and is killed.
func TestMain(m *testing.M) {
	if script := os.Getenv("ISOLATE_SCRIPT"); script != "" {
		p, err := Start(Options{Script: script, Dir: os.Getenv("ISOLATE_DIR"), Env: environment, Output: os.Stdout})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		p.Wait()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var environment = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}

func levels(t *testing.T) []Level {
	if Detect() == Namespace {
		return []Level{Session, Namespace}
	}
	return []Level{Session}
}

// output runs a script to its end and returns what it wrote and its exit code.
func output(t *testing.T, o Options, level Level) (string, int) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	o.Env, o.Output = environment, f
	closeOnExec()
	p, err := start(o, level)
	if err != nil {
		t.Fatal(err)
	}
	state, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b), state.ExitCode()
}

func TestExitCode(t *testing.T) {
	for _, level := range levels(t) {
		if out, code := output(t, Options{Script: "echo hello; exit 7"}, level); out != "hello\n" || code != 7 {
			t.Errorf("%v: %q, exit code %d", level, out, code)
		}
	}
}

// TestSurroundings checks that umask, limits, descriptors and terminal of the
// caller do not reach a command.
func TestSurroundings(t *testing.T) {
	const look = `umask; ulimit -S -n; ulimit -S -s; ulimit -S -c; ulimit -S -v; (exec 9<&8) 2>/dev/null && echo inherited; [ -r /dev/tty ] && : < /dev/tty && echo terminal; true`
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil { // without O_CLOEXEC
		t.Fatal(err)
	}
	defer syscall.Close(pipe[0])
	defer syscall.Close(pipe[1])
	if err := syscall.Dup2(pipe[0], 8); err == nil {
		defer syscall.Close(8)
	}
	for _, level := range levels(t) {
		before := syscall.Umask(0o077)
		out, _ := output(t, Options{Script: look}, level)
		syscall.Umask(before)
		if out = strings.Split(out, "inherited")[0]; !strings.HasPrefix(out, "0022\n1024\n8192\n0\n") || strings.Contains(out, "terminal") {
			t.Errorf("%v: %q", level, out)
		}
	}
}

// alive reports whether a process holds the file that a script keeps locked.
func alive(t *testing.T, path string) bool {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil
}

// hold is a script that keeps the file "lock" locked for as long as a process
// of it lives, and makes the file "ready".
const hold = "exec 7>lock; flock 7; : > ready; "

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("timed out: ", what)
}

// TestNothingSurvives checks that processes which a command leaves behind are
// dead when Wait returns.
func TestNothingSurvives(t *testing.T) {
	for _, level := range levels(t) {
		scripts := []string{"sleep 60 &", "(trap '' TERM HUP; sleep 60) &"}
		if level == Namespace {
			scripts = append(scripts, "setsid sleep 60 &", "setsid sh -c 'trap \"\" TERM; sleep 60' & kill -TERM 0")
		}
		for _, script := range scripts {
			dir := t.TempDir()
			output(t, Options{Script: hold + script, Dir: dir}, level)
			if alive(t, dir+"/lock") {
				t.Errorf("%v: %s: it survives", level, script)
			}
		}
	}
}

// TestCallerKilled checks that a command dies with its caller, even one that
// has killed its process group (defect 25).
func TestCallerKilled(t *testing.T) {
	for _, script := range []string{"sleep 60", "trap '' TERM; kill 0; sleep 60"} {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "ISOLATE_SCRIPT=trap '' TERM; "+hold+script, "ISOLATE_DIR="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the command to begin", func() bool { _, err := os.Stat(dir + "/ready"); return err == nil })
		cmd.Process.Kill()
		cmd.Wait()
		waitFor(t, script+": it survives its caller", func() bool { return !alive(t, dir+"/lock") })
	}
}

func TestKill(t *testing.T) {
	dir := t.TempDir()
	p, err := Start(Options{Script: hold + "sleep 60", Dir: dir, Env: environment, Output: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the command to begin", func() bool { _, err := os.Stat(dir + "/ready"); return err == nil })
	p.Kill()
	state, err := p.Wait()
	if err != nil || state.Success() {
		t.Errorf("%v, %v", state, err)
	}
	if alive(t, dir+"/lock") {
		t.Error("it survives")
	}
}

// TestSandbox checks that a command in a sandbox sees what it is given, and
// nothing else.
func TestSandbox(t *testing.T) {
	if Detect() != Namespace {
		t.Skip(ErrNoSandbox)
	}
	given, hidden := t.TempDir(), t.TempDir()
	for _, dir := range []string{given, hidden} {
		if err := os.WriteFile(dir+"/f", []byte("secret\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	work, root, temp := t.TempDir(), t.TempDir(), t.TempDir()
	script := fmt.Sprintf(`pwd; echo made > out; cat %s/f; cat %s/f 2>/dev/null || echo hidden
(: > %s/g) 2>/dev/null && echo writable
awk 'BEGIN { print "awk" }'; cat /proc/net/dev | grep -c eth; echo $$ > /dev/null; : > /tmp/x && echo temp`, given, hidden, given)
	out, code := output(t, Options{Script: script, Dir: work, Sandbox: &Sandbox{Root: root, Temp: temp, Mounts: []string{given}}}, Namespace)
	want := "/work\nsecret\nhidden\nawk\n0\ntemp\n"
	if os.Geteuid() != 0 {
		out = strings.Replace(out, "writable\n", "", 1) // mounts of others' cannot be made read-only
	}
	if out != want || code != 0 {
		t.Errorf("exit code %d, output\n%s\nwant\n%s", code, out, want)
	}
	if b, err := os.ReadFile(work + "/out"); err != nil || string(b) != "made\n" {
		t.Errorf("output: %q, %v", b, err)
	}
	if left, _ := os.ReadDir(root); len(left) > 0 {
		t.Errorf("left in the sandbox's root: %v", left)
	}
}
