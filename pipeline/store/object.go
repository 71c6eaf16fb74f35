package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"whorl/pipeline/store/place"
	"whorl/pipeline/store/tree"
)

// Path returns where an artifact's file or directory is, to be read only: an
// edit there damages the store. Nothing is checked; see [Store.Locate].
func (s *Store) Path(a Artifact) string {
	switch {
	case a.Dir:
		return s.fanned("trees", a.Digest)
	case a.Exec:
		return s.fanned("objects", a.Digest+executable)
	}
	return s.fanned("objects", a.Digest)
}

// executable ends the name of an object with the permission to be executed:
// the same bytes without it are another artifact.
const executable = ".x"

// Locate returns the path of an artifact whose content was verified.
func (s *Store) Locate(ctx context.Context, a Artifact) (string, error) {
	if _, err := s.Verify(ctx, a, false); err != nil {
		return "", err
	}
	return s.Path(a), nil
}

// Copy copies an artifact, whose content it verifies, to a path that does not
// exist yet: by reflink where the file system can, never by a link through which
// an edit could reach the store.
func (s *Store) Copy(ctx context.Context, a Artifact, to string) error {
	from, err := s.Locate(ctx, a)
	if err != nil {
		return err
	}
	return place.Copy(ctx, from, to)
}

// Open opens the object with the given digest, whose content it verifies.
func (s *Store) Open(digest string) (*os.File, error) {
	if _, err := tree.ParseDigest(digest); err != nil {
		return nil, err
	}
	a := Artifact{Digest: digest, Bytes: -1}
	path, err := s.Locate(context.Background(), a)
	if errors.Is(err, fs.ErrNotExist) {
		a.Exec = true
		path, err = s.Locate(context.Background(), a)
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// ReadAll reads the object with the given digest and checks that it is sound.
func (s *Store) ReadAll(digest string) ([]byte, error) {
	if _, err := tree.ParseDigest(digest); err != nil {
		return nil, err
	}
	path := s.fanned("objects", digest)
	b, err := readFile(path, nil)
	if err != nil {
		return nil, err
	}
	if tree.Sum(b).String() != digest {
		return nil, &DamagedError{Path: path, Why: notItsName}
	}
	return b, nil
}

// Listing reads the listing of a tree.
func (s *Store) Listing(digest string) (tree.Listing, error) {
	b, err := s.ReadAll(digest)
	if err != nil {
		return nil, err
	}
	return tree.ParseListing(b)
}

// probe says what a stat finds wrong with an artifact, or nothing. Bytes less
// than 0 are not compared.
func (s *Store) probe(a *Artifact) string {
	var st unix.Stat_t
	if a.Dir {
		if unix.Stat(s.fanned("objects", a.Digest), &st) != nil {
			return "is missing from the store"
		}
		if unix.Stat(s.fanned("trees", a.Digest), &st) != nil {
			return "is missing from the store"
		}
		return ""
	}
	switch err := unix.Stat(s.Path(*a), &st); {
	case err != nil:
		return "is missing from the store"
	case a.Bytes >= 0 && st.Size != a.Bytes || st.Mtim.Sec != stamp.Unix() || (st.Mode&0o100 != 0) != a.Exec:
		return "was edited in the store"
	}
	return ""
}

// Check returns a [DamagedError] if a stat shows damage of an artifact, or of any
// file of a directory. It reads no content.
func (s *Store) Check(a Artifact) error {
	path := s.Path(a)
	if p := s.probe(&a); p != "" {
		return &DamagedError{Path: path, Why: "it " + p}
	}
	if !a.Dir {
		return nil
	}
	l, err := s.Listing(a.Digest)
	if err != nil {
		return err
	}
	at, unlike, err := l.Unlike(context.Background(), path, stamp, workers())
	switch {
	case err != nil:
		return &DamagedError{Path: path, Why: err.Error()}
	case unlike:
		return &DamagedError{Path: path, Why: at + " was edited in the store"}
	}
	return nil
}

// put keeps content as an object; dir is a locked directory for it to be
// written in.
func (s *Store) put(dir string, content []byte) error {
	digest := tree.Sum(content).String()
	if _, err := s.ReadAll(digest); err == nil {
		return nil
	}
	tmp := filepath.Join(dir, digest)
	if err := s.disk.create(tmp, content); err != nil {
		return err
	}
	if err := seal(tmp, false); err != nil {
		return err
	}
	if err := s.disk.sync(tmp); err != nil {
		return err
	}
	return s.place(tmp, s.fanned("objects", digest))
}

func newHash() hash.Hash { return sha256.New() }

func sumFile(r io.Reader) (d tree.Digest, err error) {
	h := newHash()
	if _, err := io.Copy(h, r); err != nil {
		return d, err
	}
	h.Sum(d[:0])
	return d, nil
}
