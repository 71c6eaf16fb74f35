package synth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"whorl/fingerprint"
)

// Options says which prints a tree has.
type Options struct {
	Subjects int    // at least 1; numbered from 1
	Seed     uint64 // trees of different seeds have no print in common
}

// Fingers is how many a subject has.
const Fingers = 10

// MaxSubjects is how many subjects a tree may have: their numbers are 16 bits
// wide in label arrays.
const MaxSubjects = 65535

// Files is how many files a tree of these options has: each print and nine
// altered copies.
func (o Options) Files() int { return o.Subjects * Fingers * (1 + len(alterations)*len(levels)) }

func (o Options) check() error {
	if o.Subjects < 1 || o.Subjects > MaxSubjects {
		return fmt.Errorf("%d subjects: must be from 1 to %d", o.Subjects, MaxSubjects)
	}
	return nil
}

var (
	alterations = [...]fingerprint.Alteration{fingerprint.CentralRotation, fingerprint.Obliteration, fingerprint.ZCut}
	levels      = [...]fingerprint.Subset{fingerprint.Easy, fingerprint.Medium, fingerprint.Hard}
)

// WriteTree writes the tree Real, Altered/Altered-Easy, -Medium and -Hard under
// dir, which is made if need be. It works on all cores. A directory that has a
// Real or an Altered already is refused and left as it is, and if WriteTree
// fails or ctx ends, no part of the tree is left. After each file, report is
// told how many of how many are done, perhaps by several goroutines at once;
// it may be nil.
func WriteTree(ctx context.Context, dir string, o Options, report func(done, total int)) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing synthetic prints: %w", err)
		}
	}()
	if err := o.check(); err != nil {
		return err
	}
	if err := refuseTree(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	growing, err := os.MkdirTemp(dir, ".synth-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(growing)
	if err := writeAll(ctx, growing, o, report); err != nil {
		return err
	}
	for _, top := range tops {
		if err := os.Rename(filepath.Join(growing, top), filepath.Join(dir, top)); err != nil {
			return err
		}
	}
	return nil
}

// tops are the folders at the top of a tree.
var tops = [...]string{"Altered", "Real"}

// existsError is an fs.ErrExist with a remedy.
type existsError struct{ path string }

func (e existsError) Error() string {
	return e.path + " exists already: name a new directory, or remove it first"
}
func (e existsError) Is(target error) bool { return target == fs.ErrExist }

func refuseTree(dir string) error {
	for _, top := range tops {
		path := filepath.Join(dir, top)
		if _, err := os.Lstat(path); err == nil {
			return existsError{path}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func writeAll(ctx context.Context, dir string, o Options, report func(done, total int)) error {
	for s := range fingerprint.Subsets {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(s.Dir())), 0o777); err != nil {
			return err
		}
	}
	var done atomic.Int64
	write := func(path string, content []byte) error {
		if err := os.WriteFile(filepath.Join(dir, path), content, 0o666); err != nil {
			return err
		}
		if n := int(done.Add(1)); report != nil {
			report(n, o.Files())
		}
		return nil
	}
	g, working := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range o.Subjects * Fingers {
		if working.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := working.Err(); err != nil {
				return err
			}
			return writeFinger(o.Seed, identity(i), write)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// identity returns the i-th finger of a tree.
func identity(i int) fingerprint.Identity {
	return fingerprint.Identity{
		Subject: uint16(1 + i/Fingers),
		Hand:    uint8(i % Fingers / 5),
		Finger:  uint8(i % 5),
	}
}

// writeFinger writes the ten files of a finger.
func writeFinger(seed uint64, id fingerprint.Identity, write func(path string, content []byte) error) error {
	label := fingerprint.Label{Subject: id.Subject, Gender: Gender(seed, id.Subject), Hand: id.Hand, Finger: id.Finger}
	path := func(s fingerprint.Subset, a fingerprint.Alteration) string {
		return filepath.Join(filepath.FromSlash(s.Dir()), fingerprint.FormatName(label, a))
	}
	print := Print(seed, id)
	if err := write(path(fingerprint.Real, ""), encodeReal(print)); err != nil {
		return err
	}
	for _, l := range levels {
		for _, a := range alterations {
			altered := Alter(print, seed, id, a, l)
			if err := write(path(l, a), encodeAltered(altered)); err != nil {
				return err
			}
		}
	}
	return nil
}
