package siamese

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/siamese/kernel"
)

// childEnv makes this test binary a process that trains; see TestChild.
const childEnv = "WHORL_TEST_CHILD"

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
	tr := trainer(t, Post(Subtract, testH, testW), prints(4, 6), options(3))
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

// TestFamilies trains with every family of kernels that runs here.
func TestFamilies(t *testing.T) {
	want := ""
	for _, family := range []string{"scalar", "avx2", "avx512"} {
		got := child(t, "", "WHORL_KERNEL="+family)
		switch {
		case got == "unavailable":
			t.Logf("%s does not run here", family)
		case want == "":
			want = got
		case got != want:
			t.Errorf("%s: %s, want %s as with scalar", family, got, want)
		}
	}
	if !strings.HasPrefix(want, "digest ") {
		t.Errorf("got %q from scalar, want a digest", want)
	}
}
