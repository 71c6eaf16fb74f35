package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A Memo remembers the digests of files in a directory of its own, one file
// for each root that was scanned. It is a cache: what cannot be written is not
// remembered, and what cannot be read is forgotten, since a digest can always be
// made again. It is trusted for as long as the machine has not been started
// again and the file system at the root is the same, still mounted. A nil Memo
// remembers nothing.
type Memo struct{ dir string }

// NewMemo returns the memo kept in dir, which must exist.
func NewMemo(dir string) *Memo { return &Memo{dir} }

// A small file is read as quickly as its memo would be.
const worthwhile = 1 << 20

const magic = "whorl memo 2\n"

// folder identifies the memo's own folder.
func (m *Memo) folder() stat {
	if m == nil {
		return stat{}
	}
	s, _, err := statAt(unix.AT_FDCWD, m.dir, 0)
	if err != nil {
		return stat{}
	}
	return s.folder()
}

// volume names the file system that holds root, and this start of the machine,
// within which devices and mounts are numbered. It fails where nothing can be
// trusted from one process to the next.
func volume(root string) (string, error) {
	start, err := boot()
	if err != nil {
		return "", err
	}
	var s unix.Statfs_t
	if err := unix.Statfs(root, &s); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %x %v", start, s.Type, s.Fsid), nil
}

func (m *Memo) path(root string) string {
	return filepath.Join(m.dir, Sum([]byte(root)).String()[:32])
}

// save keeps the settled entries of t. Two processes that save at once each
// write a whole memo, and either is true.
func (m *Memo) save(t *Tree) {
	if m == nil || !t.Dir && t.Bytes < worthwhile {
		return
	}
	on, err := volume(t.Root)
	if err != nil {
		return
	}
	b := make([]byte, 0, len(magic)+len(t.Root)+len(t.Entries)*128+100)
	b = append(b, magic...)
	b = appendString(b, t.Root)
	b = appendString(b, on)
	for i := range t.Entries {
		e := &t.Entries[i]
		if e.Mode == Folder || !e.settled(t.scanned) {
			continue
		}
		b = appendString(b, e.Path)
		b = binary.LittleEndian.AppendUint64(b, uint64(e.stat.size))
		b = binary.LittleEndian.AppendUint64(b, uint64(e.stat.mtime))
		b = binary.LittleEndian.AppendUint64(b, uint64(e.stat.ctime))
		b = binary.LittleEndian.AppendUint64(b, e.stat.ino)
		b = binary.LittleEndian.AppendUint64(b, e.stat.dev)
		b = binary.LittleEndian.AppendUint64(b, e.stat.mount)
		b = append(b, e.Digest[:]...)
	}
	sum := Sum(b) // nothing is synced, so a crash may leave a torn file
	b = append(b, sum[:]...)

	f, err := os.CreateTemp(m.dir, ".memo-*")
	if err != nil {
		return
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil || os.Rename(f.Name(), m.path(t.Root)) != nil {
		os.Remove(f.Name())
	}
}

// load returns the remembered entries below root, sorted by path.
func (m *Memo) load(root string) Listing {
	if m == nil {
		return nil
	}
	b, err := os.ReadFile(m.path(root))
	body := len(b) - len(Digest{})
	if err != nil || body < 0 || Sum(b[:body]) != Digest(b[body:]) {
		return nil
	}
	b, ok := bytes.CutPrefix(b[:body], []byte(magic))
	if !ok {
		return nil
	}
	text := string(b) // paths are substrings of one allocation
	next := func(n int) (s string) {
		if n < 0 || n > len(text) {
			text, ok = "", false
			return ""
		}
		s, text = text[:n], text[n:]
		return s
	}
	number := func() uint64 {
		s := next(8)
		if !ok {
			return 0
		}
		return binary.LittleEndian.Uint64([]byte(s))
	}
	word := func() string { return next(int(number())) }
	if word() != root {
		return nil
	}
	if on, err := volume(root); err != nil || word() != on {
		return nil
	}
	l := make(Listing, 0, len(b)/80)
	for ok && len(text) > 0 {
		var e Entry
		e.Path = word()
		e.stat = stat{size: int64(number()), mtime: int64(number()), ctime: int64(number()), ino: number(), dev: number(), mount: number()}
		copy(e.Digest[:], next(len(e.Digest)))
		l = append(l, e)
	}
	if !ok {
		return nil
	}
	return l
}

func appendString(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
	return append(b, s...)
}

// Prune removes what of the memo is damaged or out of use. Nothing is lost by
// it but time.
func (m *Memo) Prune() {
	dir, err := os.ReadDir(m.dir)
	if err != nil {
		return
	}
	for _, d := range dir {
		path := filepath.Join(m.dir, d.Name())
		if !d.Type().IsRegular() || d.Name()[0] == '.' {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		body := len(b) - len(Digest{})
		if body < 0 || Sum(b[:body]) != Digest(b[body:]) || !bytes.HasPrefix(b, []byte(magic)) {
			os.Remove(path)
		}
	}
}
