package origin

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/record"
)

// repository makes a git repository with one commit in an own directory, and
// returns functions to run git and to write a file in it.
func repository(t *testing.T) (dir string, run func(args ...string) string, write func(name, text string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	run = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.org"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write = func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run("init", "-q")
	write("sub/pipeline.yaml", "seed: 1\n")
	run("add", ".")
	run("commit", "-q", "-m", "first")
	return dir, run, write
}

func TestSource(t *testing.T) {
	dir, run, write := repository(t)
	describe := func() record.Source { return Source(t.Context(), filepath.Join(dir, "sub")) }
	head := run("rev-parse", "HEAD")
	if r := describe(); r.Commit != head || r.Dirty || r.Diff != "" {
		t.Errorf("clean: %+v", r)
	}

	write("sub/pipeline.yaml", "seed: 2\n")
	write("new file", "x")
	write("latin1", "\xe9\n")
	run("add", "latin1")
	r := describe()
	if r.Commit != head || !r.Dirty || !strings.HasPrefix(r.Diff, "?? new file\n") {
		t.Errorf("dirty: %+v", r)
	}

	// The diff is kept in a form from which the tree can be had again.
	restores(t, dir, run, r.Diff, map[string]string{"sub/pipeline.yaml": "seed: 2\n", "latin1": "\xe9\n"})
}

// restores checks that the tree is as wanted once the diff is applied to what
// was committed.
func restores(t *testing.T, dir string, run func(...string) string, diff string, want map[string]string) {
	t.Helper()
	run("reset", "-q", "--hard")
	patch := filepath.Join(t.TempDir(), "patch")
	if err := os.WriteFile(patch, []byte(diff), 0o666); err != nil {
		t.Fatal(err)
	}
	run("apply", patch)
	for name, want := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
}

// Neither the user's settings of git nor the environment of a git hook change
// what is kept.
func TestSourceWhateverTheSettings(t *testing.T) {
	dir, run, write := repository(t)
	write("many lines", strings.Repeat("line\n", 20))
	run("add", ".")
	run("commit", "-q", "-m", "second")
	for name, value := range map[string]string{
		"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "diff.relative": "true", "diff.context": "0", "diff.submodule": "log",
		"color.ui": "always", "diff.external": "false", "diff.short.textconv": "head -c 1", "status.relativePaths": "true", "status.showUntrackedFiles": "no",
	} {
		run("config", name, value)
	}
	for name, value := range map[string]string{
		"GIT_DIR": ".git", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "none", "GIT_DIFF_OPTS": "-u0",
	} {
		t.Setenv(name, value)
	}
	write(".git/info/attributes", "many* diff=short\n")
	binary := "\x00\x01" + strings.Repeat("x", 100)
	write("many lines", strings.Repeat("line\n", 10)+"new\n"+strings.Repeat("line\n", 10))
	write("binary", binary)
	write("sub/untracked", "")
	run = unset(t, dir, "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_DIFF_OPTS")
	run("add", "binary")
	r := Source(t.Context(), filepath.Join(dir, "sub"))
	if r.Commit == "" || !strings.HasPrefix(r.Diff, "?? sub/untracked\n") {
		t.Errorf("%+v", r)
	}
	restores(t, dir, run, r.Diff, map[string]string{
		"binary": binary, "many lines": strings.Repeat("line\n", 10) + "new\n" + strings.Repeat("line\n", 10),
	})
}

// unset returns a function that runs git in dir without some variables.
func unset(t *testing.T, dir string, names ...string) func(args ...string) string {
	return func(args ...string) string {
		t.Helper()
		cmd := exec.Command("env")
		for _, name := range names {
			cmd.Args = append(cmd.Args, "-u", name)
		}
		cmd.Args = append(append(cmd.Args, "git"), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return string(out)
	}
}

// What is too much to keep is said not to be kept.
func TestSourceOfGreatSize(t *testing.T) {
	dir, run, write := repository(t)
	noise := make([]byte, maxDiff)
	rand.NewChaCha8([32]byte{}).Read(noise)
	write("large", string(noise))
	run("add", "large")
	for i := range maxUntracked + 2 {
		write(fmt.Sprint("untracked", i), "")
	}
	r := Source(t.Context(), dir)
	if want := "\n(and 2 more untracked files)\n(the diff is larger than 8 MiB, and is not kept)\n"; !strings.HasSuffix(r.Diff, want) {
		t.Errorf("diff ends %q, want %q", r.Diff[max(0, len(r.Diff)-200):], want)
	}
}

// A submodule counts by its commit; that it differs from that is said.
func TestSubmodule(t *testing.T) {
	inner, _, _ := repository(t)
	dir, run, write := repository(t)
	run("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "inner")
	run("commit", "-q", "-m", "submodule")
	clean := Source(t.Context(), dir)
	if clean.Dirty {
		t.Errorf("clean: %+v", clean)
	}
	write("inner/sub/pipeline.yaml", "seed: 3\n")
	dirty := Source(t.Context(), dir)
	if want := "(submodule inner has changes of its own, which are not kept)\n"; !dirty.Dirty || dirty.Diff != want {
		t.Errorf("diff %q, want %q", dirty.Diff, want)
	}
}

func TestNoSource(t *testing.T) {
	outside := t.TempDir()
	inside, _, _ := repository(t)
	r := Source(t.Context(), outside)
	if r.Commit != "" || r.Dirty || r.Diff != "" {
		t.Errorf("outside of a repository: %+v", r)
	}
	t.Setenv("PATH", outside)
	r = Source(t.Context(), inside)
	if r.Commit != "" || r.Dirty || r.Diff != "" {
		t.Errorf("without git: %+v", r)
	}
}

func TestRepositoryWithoutCommit(t *testing.T) {
	dir, run, write := repository(t)
	run("update-ref", "-d", "HEAD")
	write("b", "")
	r := Source(t.Context(), dir)
	if r.Commit != "" || !r.Dirty || r.Diff != "?? b\n" {
		t.Errorf("%+v", r)
	}
}
