package siamese

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/siamese/kernel"
)

// childEnv makes this test binary a process that trains; see TestChild.
const (
	childEnv    = "WHORL_TEST_CHILD"
	winogradEnv = "WHORL_TEST_WINOGRAD"
)

// TestChild trains 3 epochs and prints the digest of the weights: in one go,
// or from the checkpoint that the environment names, which it makes if there
// is none yet.
func TestChild(t *testing.T) {
	checkpoint, ok := os.LookupEnv(childEnv)
	if !ok {
		t.Skip("only run by other tests, in a process of its own")
	}
	if err := kernel.Check(); err != nil {
		fmt.Println("unavailable")
		return
	}
	// As much of the real thing as a test has time for: post is wider than
	// tiny, and its layers use several blocks and groups.
	a := Tutorial(Subtract, testH, testW)
	a.Winograd = os.Getenv(winogradEnv) != ""
	tr := trainer(t, a, prints(4, 6), options(3))
	if checkpoint != "" {
		saved, err := os.ReadFile(checkpoint)
		if err != nil { // the first process
			if _, err := tr.Epoch(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := tr.Save(&b); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(checkpoint, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			return
		}
		if err := tr.Restore(bytes.NewReader(saved)); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println("digest", digest(t, run(t, tr)))
}

// child runs TestChild in a process of its own and returns what it printed.
func child(t *testing.T, checkpoint string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), append(env, childEnv+"="+checkpoint)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", env, err, out)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

var update = flag.Bool("update", false, "rewrite testdata/weights.sha256")

// TestPinnedBits compares the weights with those of the commit that last meant
// to change them. Where the change is meant, run it with -update; every
// trained network is then another.
func TestPinnedBits(t *testing.T) {
	const file = "testdata/weights.sha256"
	got := child(t, "", winogradEnv+"=yes") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("trained weights have the %s, those pinned the %s", got, want)
	}
}

// TestOtherProcess continues a training in a new process.
func TestOtherProcess(t *testing.T) {
	want := child(t, "")
	checkpoint := filepath.Join(t.TempDir(), "checkpoint")
	child(t, checkpoint)
	got := child(t, checkpoint, "GOMAXPROCS=3")
	if got != want || !strings.HasPrefix(want, "digest ") {
		t.Errorf("continued in a new process %q, in one go %q", got, want)
	}
}

// TestFamilies trains with every family of kernels that runs here, with
// Winograd's algorithm and without.
func TestFamilies(t *testing.T) {
	seen := map[string]bool{}
	for _, winograd := range []string{"", "yes"} {
		want := ""
		for _, family := range []string{"scalar", "avx2", "avx512"} {
			got := child(t, "", "WHORL_KERNEL="+family, winogradEnv+"="+winograd)
			switch {
			case got == "unavailable":
				t.Logf("%s does not run here", family)
			case want == "":
				want = got
			case got != want:
				t.Errorf("winograd %q: %s: %s, want %s as with scalar", winograd, family, got, want)
			}
		}
		if !strings.HasPrefix(want, "digest ") || seen[want] {
			t.Errorf("winograd %q: got %q from scalar, want a digest of its own", winograd, want)
		}
		seen[want] = true
	}
}
