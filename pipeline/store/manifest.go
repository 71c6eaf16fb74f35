package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"whorl/pipeline/store/tree"
)

// A Manifest is what an execution of a stage came to.
type Manifest struct {
	Key        string // the digest of Text, in hexadecimal
	Text       string // all that the result depends on, "name value" a line
	Stage      string // what it was called in the run that made it
	Run        string
	Started    time.Time
	Seconds    float64
	Outputs    []Artifact      // sorted by name
	Metrics    string          // digest of the metrics object; empty if there are none
	Timings    json.RawMessage `json:",omitempty"` // what depended on the machine's speed; the engine's
	Needs      []string        // digests of listings that Text names: of code and of input directories
	Checkpoint string          // key of the checkpoints that it left, or might have
	Log        string          // relative to the store; it may have been deleted
}

// An Artifact is a named output.
type Artifact struct {
	Name   string
	Digest string // hexadecimal
	Bytes  int64
	Dir    bool `json:",omitempty"`
}

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
		a := &m.Outputs[i]
		if p := s.probe(a); p != "" {
			return nil, fmt.Sprintf("output %s %s", a.Name, p), nil
		}
		if !a.Dir {
			continue
		}
		if err := s.Check(*a); err != nil {
			return nil, fmt.Sprintf("output %s: %v", a.Name, err), nil
		}
	}
	if m.Metrics != "" {
		if p := s.probe(&Artifact{Digest: m.Metrics, Bytes: -1}); p != "" {
			return nil, "its metrics object " + p, nil
		}
	}
	return m, "", nil
}

// A DamagedError says that something in the store is not what its name says.
type DamagedError struct {
	Path string
	Why  string
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %s", e.Path, e.Why) }

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
	m := new(Manifest)
	if err := json.Unmarshal(*buf, m); err != nil { // which copies what it keeps
		return nil, &DamagedError{path, err.Error()}
	}
	if m.Key != key || KeyOf(m.Text) != key {
		return nil, &DamagedError{path, "it is another key's"}
	}
	for _, a := range m.Outputs {
		if len(a.Digest) != 64 {
			return nil, &DamagedError{path, "output " + a.Name + " has no digest"}
		}
	}
	return m, nil
}

// publish puts a manifest in place; everything that it names is durable.
func (s *Store) publish(m *Manifest, tmp string) error {
	if err := s.disk.write(tmp, m); err != nil {
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
