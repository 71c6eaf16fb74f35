package tree

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNestedMounts checks that a file system mounted in another is not taken for
// a link upwards, although the root folders of both have the same inode number.
func TestNestedMounts(t *testing.T) {
	outer := t.TempDir()
	inner := outer + "/inner"
	for _, dir := range []string{outer, inner} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, ""); err != nil {
			t.Skip("mount: ", err)
		}
		t.Cleanup(func() { unix.Unmount(dir, 0) })
	}
	write(t, inner+"/f", "x")
	if got := string(scan(t, outer, nil).Text()); got != "d - 0 inner\nf 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 1 inner/f\n" {
		t.Errorf("got %s", got)
	}
}
