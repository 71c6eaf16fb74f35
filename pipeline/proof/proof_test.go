package proof

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// long says that the tests are to take their long forms: WHORL_LONG=1.
var long = os.Getenv("WHORL_LONG") != ""

const top = "../.." // of the repository

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	once sync.Once
	dir  string
	out  []byte
	err  error
}

// program builds the command, once, and returns its path.
func program(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "whorl-proof-"); built.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", filepath.Join(built.dir, "whorl"), "./cmd/whorl")
		build.Dir = top
		built.out, built.err = build.CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("build: %v\n%s", built.err, built.out)
	}
	return filepath.Join(built.dir, "whorl")
}
