package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"whorl/pipeline/store/tree"
)

// Checkpoints are the states in which a stage may be continued, kept under a
// key of what they depend on. They implement stage.Checkpoints.
//
// Each is a file STEP-DIGEST, so that a damaged one is told from a sound one.
type Checkpoints struct {
	s   *Store
	dir string
}

// keepCheckpoints is how many are kept of one key: the newest, and one more in
// case that the newest turns out to be damaged.
const keepCheckpoints = 2

// Checkpoints returns the checkpoints under key.
func (s *Store) Checkpoints(key string) *Checkpoints {
	return &Checkpoints{s, s.path("checkpoints", key)}
}

type checkpoint struct {
	name, digest string
	step         int
	saved        time.Time
}

// list returns the checkpoints, the one that goes furthest first, and of those
// that go as far, as those of schedules of different lengths do, the newest.
func (c *Checkpoints) list() ([]checkpoint, error) {
	dir, err := os.ReadDir(c.dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []checkpoint
	for _, d := range dir {
		step, digest, ok := strings.Cut(d.Name(), "-")
		n, err := strconv.Atoi(step)
		if !ok || err != nil || n < 1 {
			continue
		}
		info, err := d.Info()
		if err != nil {
			continue // pruned meanwhile
		}
		all = append(all, checkpoint{d.Name(), digest, n, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b checkpoint) int {
		return cmp.Or(b.step-a.step, b.saved.Compare(a.saved))
	})
	return all, nil
}

// head is the first line of a checkpoint: the digest in its name covers what it
// is of. Checkpoints of older stores lack it.
func (c *Checkpoints) head(step int) string {
	return fmt.Sprintf("%s 1 %s %d\n", checkpointMagic, filepath.Base(c.dir), step)
}

const checkpointMagic = "whorl checkpoint"

// Latest opens the newest sound checkpoint at a step not beyond max. Damaged
// ones are passed over, which [Store.Notice] is told.
func (c *Checkpoints) Latest(max int) (step int, r io.ReadCloser, err error) {
	all, err := c.list()
	if err != nil {
		return 0, nil, fmt.Errorf("checkpoints: %w", err)
	}
	for _, cp := range all {
		if cp.step > max {
			continue
		}
		f, err := os.Open(filepath.Join(c.dir, cp.name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return 0, nil, fmt.Errorf("checkpoints: %w", err)
		}
		if err := c.verify(cp, f); err == nil {
			return cp.step, f, nil
		} else {
			c.s.notice("checkpoint %s is not used: %v", f.Name(), err)
		}
		f.Close()
	}
	return 0, nil, nil
}

// verify reads a checkpoint and leaves f where what was saved begins.
func (c *Checkpoints) verify(cp checkpoint, f *os.File) error {
	sum, err := sumFile(f)
	if err != nil {
		return err
	}
	if sum.String() != cp.digest {
		return errors.New(notItsName)
	}
	want := c.head(cp.step)
	head := make([]byte, len(want))
	n, err := f.ReadAt(head, 0)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case n == len(want) && string(head) == want:
		_, err := f.Seek(int64(n), io.SeekStart)
		return err
	case strings.HasPrefix(string(head[:n]), checkpointMagic+" "):
		return errors.New("it is of another step, of another key, or of a newer program")
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// Save keeps what write writes as the checkpoint at step.
func (c *Checkpoints) Save(step int, write func(io.Writer) error) error {
	if step < 1 {
		return fmt.Errorf("checkpoint at step %d: steps count from 1", step)
	}
	st, err := c.s.Stage()
	if err != nil {
		return err
	}
	defer st.Discard()
	tmp := filepath.Join(st.Dir(), "checkpoint")
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	h := newHash()
	out := io.MultiWriter(f, h)
	if _, err = io.WriteString(out, c.head(step)); err == nil {
		err = write(out)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("checkpoint at step %d: %w", step, err)
	}
	if err := errors.Join(follow(tmp), c.s.disk.sync(tmp)); err != nil {
		return err
	}
	var d tree.Digest
	h.Sum(d[:0])
	if err := c.s.place(tmp, filepath.Join(c.dir, fmt.Sprintf("%d-%s", step, d))); err != nil {
		return err
	}
	return c.prune(step)
}

// prune removes what is older than the newest few up to step. Those beyond it
// are another run's, which went further.
func (c *Checkpoints) prune(step int) error {
	all, err := c.list()
	if err != nil {
		return err
	}
	kept := 0
	for _, cp := range all {
		if cp.step > step {
			continue
		}
		if kept++; kept <= keepCheckpoints {
			continue
		}
		if err := os.Remove(filepath.Join(c.dir, cp.name)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
