package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"whorl/pipeline/store/envelope"
)

func (c *checker) object(ctx context.Context, path string) error {
	name, exec := strings.CutSuffix(filepath.Base(path), executable)
	if !isDigest(name) {
		return c.damaged(path, "its name is not a digest")
	}
	n, err := c.artifact(ctx, Artifact{Digest: name, Bytes: -1, Exec: exec})
	if err != nil || n < 0 {
		return err
	}
	return c.good(&c.Objects, n)
}

func (c *checker) tree(ctx context.Context, path string) error {
	name := filepath.Base(path)
	if !isDigest(name) {
		return c.damaged(path, "its name is not a digest")
	}
	n, err := c.artifact(ctx, Artifact{Digest: name, Dir: true})
	if err != nil || n < 0 {
		return err
	}
	return c.good(&c.Trees, n)
}

// artifact reads an artifact and returns its size, or -1 if it is not sound.
func (c *checker) artifact(ctx context.Context, a Artifact) (int64, error) {
	t, err := c.s.Verify(ctx, a, true)
	var damaged *DamagedError
	switch {
	case err == nil:
		return t.Bytes, nil
	case ctx.Err() != nil:
		return -1, ctx.Err()
	case gone(err):
		return -1, nil // collected meanwhile
	case errors.As(err, &damaged):
		return -1, c.damaged(damaged.Path, damaged.Why)
	case errors.Is(err, fs.ErrPermission):
		return -1, c.unread(c.s.Path(a), err)
	}
	return -1, err
}

// reopen makes one's own files readable whose permissions were taken away.
func reopen(path string) bool {
	filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			os.Chmod(p, 0o755)
		}
		return nil
	})
	failed := false
	filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, e := d.Info(); e == nil && info.Mode()&0o400 == 0 {
				err = os.Chmod(p, info.Mode().Perm()|0o444)
			}
		}
		failed = failed || err != nil
		return nil
	})
	return !failed
}

func (c *checker) checkpoint(ctx context.Context, path string) error {
	cps := c.s.Checkpoints(filepath.Base(filepath.Dir(path)))
	if !isDigest(filepath.Base(cps.dir)) {
		return nil // it is none of ours
	}
	step, digest, ok := strings.Cut(filepath.Base(path), "-")
	n, err := strconv.Atoi(step)
	if !ok || err != nil || n < 1 || !isDigest(digest) {
		return c.damaged(path, "its name is not STEP-DIGEST")
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) && reopen(path) {
		f, err = os.Open(path)
	}
	switch {
	case gone(err):
		return nil // pruned meanwhile
	case errors.Is(err, fs.ErrPermission):
		return c.unread(path, err)
	case err != nil:
		return c.damaged(path, err.Error())
	}
	defer f.Close()
	if err := cps.verify(checkpoint{name: filepath.Base(path), digest: digest, step: n}, f); err != nil {
		return c.damaged(path, err.Error())
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return c.good(&c.Checkpoints, info.Size())
}

func (c *checker) manifests(ctx context.Context) error {
	return c.s.each("keys", func(key string) error {
		path := c.s.fanned("keys", key)
		m, err := c.s.Manifest(key)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case gone(err):
			return nil
		case errors.Is(err, fs.ErrPermission):
			return c.unread(path, err)
		case isNewer(err):
			return c.unread(path, err)
		case err != nil:
			return c.damaged(path, why(err))
		}
		if lost := c.s.lacks(m); lost != "" {
			c.Lost = append(c.Lost, Damage{c.s.relative(path), fmt.Sprintf("%s of stage %s", lost, m.Stage)})
			return c.s.setAside(path)
		}
		c.Manifests++
		return nil
	})
}

// lacks says what of a result is missing, or nothing.
func (s *Store) lacks(m *Manifest) string {
	for i := range m.Outputs {
		if p := s.probe(&m.Outputs[i]); p != "" {
			return "output " + m.Outputs[i].Name + " " + p
		}
	}
	if m.Metrics != "" {
		if p := s.probe(&Artifact{Digest: m.Metrics, Bytes: -1}); p != "" {
			return "the metrics object " + p
		}
	}
	for _, d := range m.Needs {
		if p := s.probe(&Artifact{Digest: d, Bytes: -1}); p != "" {
			return "listing " + d + " " + p
		}
	}
	return ""
}

// records checks the records of runs, and sets aside what else is among them.
func (c *checker) records(ctx context.Context) error {
	dir, err := os.ReadDir(c.s.path("runs"))
	if err != nil {
		return err
	}
	for _, d := range dir {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		path := c.s.path("runs", d.Name())
		id, ok := strings.CutSuffix(d.Name(), ".json")
		if strings.HasPrefix(d.Name(), ".") {
			continue // a file manager's, or a file server's
		}
		if !ok || !d.Type().IsRegular() {
			if err := c.damaged(path, "it is not the record of a run"); err != nil {
				return err
			}
			continue
		}
		if id, ok := strings.CutSuffix(id, labelsSuffix); ok {
			if err := c.labels(path, id); err != nil {
				return err
			}
			continue
		}
		_, err := c.s.ReadRun(id)
		switch {
		case err == nil:
			c.Records++
		case gone(err):
		case errors.Is(err, fs.ErrPermission), isNewer(err):
			err = c.unread(path, err)
		default:
			err = c.damaged(path, why(err))
		}
		if err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// labels checks what people call a run.
func (c *checker) labels(path, id string) error {
	b, err := c.s.ReadLabels(id)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return c.unread(path, err)
	case err != nil:
		return err
	case b != nil && !json.Valid(b):
		return c.damaged(path, "it is not JSON")
	}
	return nil
}

func isNewer(err error) bool {
	var newer *envelope.VersionError
	return errors.As(err, &newer)
}

// why is what a damage is, without the path.
func why(err error) string {
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return damaged.Why
	}
	return err.Error()
}
