package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"whorl/pipeline/store/envelope"
	"whorl/pipeline/store/tree"
)

// A Manifest is what an execution of a stage came to.
type Manifest struct {
	Key        string // the digest of Text, in hexadecimal
	Text       string // all that the result depends on, "name value" a line
	Stage      string // what it was called in the run that made it
	Run        string
	Started    time.Time
	Published  time.Time `json:",omitzero"` // when the bytes were known to be good; results of older stores lack it
	Seconds    float64
	Outputs    []Artifact      // sorted by name
	Metrics    string          // digest of the metrics object; empty if there are none
	Timings    json.RawMessage `json:",omitempty"` // what depended on the machine's speed; the engine's
	Needs      []string        // digests of listings that Text names: of code and of input directories
	Checkpoint string          // key of the checkpoints that it left, or might have
	Log        string          // relative to the store; it may have been deleted
}

// An Artifact is a named output. Files with and without the permission to be
// executed, and directories, are different artifacts even where their digests
// are equal.
type Artifact struct {
	Name   string
	Digest string // hexadecimal
	Bytes  int64
	Dir    bool `json:",omitempty"`
	Exec   bool `json:",omitempty"` // the file may be executed
}

// The envelope of a manifest. Version 1 is the first that has one; older
// manifests are bare JSON, which is read too.
const (
	manifestKind    = "manifest"
	manifestVersion = 1
)

// KeyOf returns the key of a computation that depends on what text says.
func KeyOf(text string) string {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	*buf = append((*buf)[:0], text...)
	return tree.Sum(*buf).String()
}

// Lookup returns the result kept under key, or nil if there is none or some of
// what it names is missing or has been tampered with; problem then says what.
func (s *Store) Lookup(key string) (m *Manifest, problem string, err error) {
	m, err = s.Manifest(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return nil, damaged.Error(), nil
	}
	if err != nil {
		return nil, "", err
	}
	for i := range m.Outputs {
		if p := s.problem(&m.Outputs[i]); p != "" {
			return nil, fmt.Sprintf("output %s %s", m.Outputs[i].Name, p), nil
		}
	}
	if m.Metrics != "" {
		if p := s.problem(&Artifact{Digest: m.Metrics, Bytes: -1}); p != "" {
			return nil, "its metrics object " + p, nil
		}
	}
	return m, "", nil
}

// problem says what is wrong with an artifact, or nothing. Where a stat tells
// that it was touched, as in a copy of a store, its content decides.
func (s *Store) problem(a *Artifact) string {
	p := s.probe(a)
	if p == "" && a.Dir {
		if err := s.Check(*a); err != nil {
			p = err.Error()
		}
	}
	if p == "" {
		return ""
	}
	if _, err := s.Verify(context.Background(), *a, false); err == nil {
		return ""
	}
	return p
}

// notItsName says of something that its digest is not its name.
const notItsName = "its content is not what its name says"

// A DamagedError says that something in the store is missing or not what its
// name says.
type DamagedError struct {
	Path string
	Why  string
	Err  error // what it came of; may be nil
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %s", e.Path, e.Why) }
func (e *DamagedError) Unwrap() error { return e.Err }

// buffers spare a run of many stages two allocations a stage.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Manifest reads the manifest of a key without looking at its outputs.
func (s *Store) Manifest(key string) (*Manifest, error) {
	if len(key) < 2 {
		return nil, fmt.Errorf("key %q: %w", key, fs.ErrNotExist)
	}
	path := s.fanned("keys", key)
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var err error
	if *buf, err = readFile(path, (*buf)[:0]); err != nil {
		return nil, err
	}
	m, err := decodeManifest(*buf)
	var newer *envelope.VersionError
	switch {
	case errors.As(err, &newer):
		return nil, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, &DamagedError{path, err.Error(), err}
	case m.Key != key:
		return nil, &DamagedError{Path: path, Why: "it is another key's"}
	}
	return m, nil
}

// decodeManifest reads what encode wrote, or bare JSON of an older store. The
// manifest shares no memory with b.
func decodeManifest(b []byte) (*Manifest, error) {
	if envelope.Is(b) {
		var err error
		if _, b, err = envelope.Decode(b, manifestKind, manifestVersion); err != nil {
			return nil, err
		}
	}
	m := new(Manifest)
	if err := envelope.Unmarshal(b, m); err != nil {
		return nil, err
	}
	return m, m.check()
}

// check tells a manifest from what merely looks like one.
func (m *Manifest) check() error {
	if KeyOf(m.Text) != m.Key {
		return errors.New("it is another key's: its text has another digest")
	}
	for i, a := range m.Outputs {
		if !isDigest(a.Digest) || a.Bytes < 0 || a.Dir && a.Exec {
			return fmt.Errorf("output %q is malformed", a.Name)
		}
		if i > 0 && m.Outputs[i-1].Name >= a.Name {
			return fmt.Errorf("output %q is out of order", a.Name)
		}
	}
	if m.Metrics != "" && !isDigest(m.Metrics) {
		return fmt.Errorf("metrics %q: want a digest", m.Metrics)
	}
	for _, d := range m.Needs {
		if !isDigest(d) {
			return fmt.Errorf("need %q: want a digest", d)
		}
	}
	if m.Checkpoint != "" && !isDigest(m.Checkpoint) {
		return fmt.Errorf("checkpoint %q: want a key", m.Checkpoint)
	}
	return nil
}

func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (m *Manifest) encode() ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return envelope.Encode(manifestKind, manifestVersion, append(b, '\n')), nil
}

// publish puts a manifest in place; everything that it names is durable.
func (s *Store) publish(m *Manifest, tmp string) error {
	m.Published = time.Now()
	b, err := m.encode()
	if err == nil {
		err = s.disk.write(tmp, b)
	}
	if err != nil {
		return err
	}
	return s.place(tmp, s.fanned("keys", m.Key))
}

// place renames a durable file to its final name, durably.
func (s *Store) place(tmp, path string) error {
	if err := s.disk.mkdir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := s.disk.rename(tmp, path); err != nil {
		return err
	}
	return s.disk.sync(filepath.Dir(path))
}

// Manifests calls f for each manifest in the store, in no order; damaged ones
// are passed to bad, which may be nil.
func (s *Store) Manifests(f func(*Manifest) error, bad func(key string, err error) error) error {
	return s.each("keys", func(key string) error {
		m, err := s.Manifest(key)
		var damaged *DamagedError
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case errors.As(err, &damaged):
			if bad == nil {
				return nil
			}
			return bad(key, err)
		case err != nil:
			return err
		}
		return f(m)
	})
}

// each calls f for the names in the folders of kind that may be ours.
func (s *Store) each(kind string, f func(name string) error) error {
	folders, err := os.ReadDir(s.path(kind))
	if err != nil {
		return err
	}
	for _, d := range folders {
		if !d.IsDir() {
			continue
		}
		names, err := os.ReadDir(s.path(kind, d.Name()))
		if err != nil {
			return err
		}
		for _, n := range names {
			if len(d.Name()) != 2 || !strings.HasPrefix(n.Name(), d.Name()) {
				continue
			}
			if err := f(n.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}
