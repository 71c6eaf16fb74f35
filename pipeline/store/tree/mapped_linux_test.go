package tree

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMapped checks that an edit is seen that changes no time: one through a
// mapping whose page was dirty already.
func TestMapped(t *testing.T) {
	dir, memo := t.TempDir(), NewMemo(t.TempDir())
	write(t, dir+"/f", "old")
	f, err := os.OpenFile(dir+"/f", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := unix.Mmap(int(f.Fd()), 0, 3, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	f.Close() // the mapping alone keeps it open
	m[0] = 'O'
	before := scan(t, dir, nil)
	age(before)
	memo.save(before)
	m[0] = 'o'
	now := scan(t, dir, memo)
	if now.Entries[0].stat != before.Entries[0].stat {
		t.Skip("here such an edit changes a time") // the page was written meanwhile
	}
	if now.Entries[0].Digest != Sum([]byte("old")) {
		t.Error("the digest of what was there before is remembered")
	}
	if edited, err := before.Edited(t.Context(), 1); err != nil || len(edited) != 1 {
		t.Errorf("edited: %v, %v", edited, err)
	}

	// As soon as nobody has it open its times vouch for it.
	if err := unix.Munmap(m); err != nil {
		t.Fatal(err)
	}
	remember(t, dir, memo)
	if l := memo.load(dir); len(l) != 1 {
		t.Errorf("remembered: %v", l)
	}
}

// A file server that does not lend out a file is no sign that somebody writes it.
func TestGrantsLeases(t *testing.T) {
	for magic, want := range map[int64]bool{
		unix.EXT4_SUPER_MAGIC: true, unix.TMPFS_MAGIC: true, unix.XFS_SUPER_MAGIC: true,
		unix.NFS_SUPER_MAGIC: false, unix.SMB2_SUPER_MAGIC: false, unix.FUSE_SUPER_MAGIC: false,
	} {
		if got := grantsLeases(magic); got != want {
			t.Errorf("%#x: %v, want %v", magic, got, want)
		}
	}
}
