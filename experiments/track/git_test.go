package track

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	describe := func() (r Run) {
		describeSource(t.Context(), filepath.Join(dir, "sub"), &r)
		return r
	}
	head := run("rev-parse", "HEAD")
	if r := describe(); r.GitCommit != head || r.GitDirty || r.GitDiff != "" {
		t.Errorf("clean: %+v", r)
	}

	write("sub/pipeline.yaml", "seed: 2\n")
	write("new file", "x")
	write("latin1", "\xe9\n")
	run("add", "latin1")
	r := describe()
	if r.GitCommit != head || !r.GitDirty || !strings.HasPrefix(r.GitDiff, "?? new file\n") {
		t.Errorf("dirty: %+v", r)
	}

	// The diff is kept in a form from which the tree can be had again.
	run("reset", "-q", "--hard")
	write("../patch", r.GitDiff)
	t.Cleanup(func() { os.Remove(filepath.Join(dir, "../patch")) })
	run("apply", "../patch")
	for name, want := range map[string]string{"sub/pipeline.yaml": "seed: 2\n", "latin1": "\xe9\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
}

// What a run records of the source is that of the pipeline's directory, and
// it comes back as it was.
func TestRunRecordsItsSource(t *testing.T) {
	dir, run, write := repository(t)
	write("latin1", "\xe9\n")
	run("add", "latin1")
	db, r := open(t), example("a1", false)
	r.Pipeline = "sub/pipeline.yaml"
	mustRecord(t, db, Meta{Dir: dir}, r)
	got, err := db.Run(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	if got.GitCommit != run("rev-parse", "HEAD") || !got.GitDirty || !strings.Contains(got.GitDiff, "\xe9") {
		t.Errorf("commit %s, dirty %v, diff %q", got.GitCommit, got.GitDirty, got.GitDiff)
	}
}

func TestNoSource(t *testing.T) {
	outside := t.TempDir()
	inside, _, _ := repository(t)
	var r Run
	describeSource(t.Context(), outside, &r)
	if r.GitCommit != "" || r.GitDirty || r.GitDiff != "" {
		t.Errorf("outside of a repository: %+v", r)
	}
	t.Setenv("PATH", outside)
	describeSource(t.Context(), inside, &r)
	if r.GitCommit != "" || r.GitDirty || r.GitDiff != "" {
		t.Errorf("without git: %+v", r)
	}
}

func TestRepositoryWithoutCommit(t *testing.T) {
	dir, run, write := repository(t)
	run("update-ref", "-d", "HEAD")
	write("b", "")
	var r Run
	describeSource(t.Context(), dir, &r)
	if r.GitCommit != "" || !r.GitDirty || r.GitDiff != "?? b\n" {
		t.Errorf("%+v", r)
	}
}
