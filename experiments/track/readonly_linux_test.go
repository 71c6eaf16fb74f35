package track

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const roleRead = "read" // print the state of a run in a read-only directory

func init() { roles[roleRead] = readInReadOnly }

// A database can be read in a directory in which nothing can be made.
func TestReadOnlyDirectory(t *testing.T) {
	db := open(t)
	mustRecord(t, db, Meta{}, example("a1", false))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := process(t, roleRead, db.Path(), "a1")
	if os.Geteuid() == 0 { // whom permissions do not stop
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	} else {
		dir := filepath.Dir(db.Path())
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o777)
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, unix.EPERM) {
		t.Skip("this root may not mount")
	}
	if string(out) != "done\n" {
		t.Errorf("%s%v", out, err)
	}
}

// readInReadOnly prints the state of a run that is in a directory which, for
// root, it makes read-only for this process.
func readInReadOnly(ctx context.Context, path, run string) error {
	if dir := filepath.Dir(path); os.Geteuid() == 0 {
		err := errors.Join(
			unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
			unix.Mount(dir, dir, "", unix.MS_BIND, ""),
			unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""),
		)
		if err != nil {
			return err
		}
	}
	if f, err := os.Create(filepath.Join(filepath.Dir(path), "file")); err == nil {
		f.Close()
		return errors.New("the directory is not read-only")
	}
	db, err := OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := db.Run(ctx, run)
	if err == nil {
		fmt.Println(r.State)
	}
	return err
}
