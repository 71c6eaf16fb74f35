package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"whorl/pipeline/stage"
)

const (
	maxMetrics = 64 << 20               // bytes of a file of metrics
	pollEvery  = 200 * time.Millisecond // between looks at a series that is being written
)

// readFile reads a file that the command has left, which may not be a link.
func readFile(work, file string) ([]byte, error) {
	f, err := os.OpenFile(filepath.Join(work, file), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the command ended well but did not make the file of metrics %s", file)
	}
	if err != nil {
		return nil, fmt.Errorf("metrics %s: %w", file, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("metrics %s: it is not a regular file", file))
	}
	text, err := io.ReadAll(io.LimitReader(f, maxMetrics+1))
	if err == nil && len(text) > maxMetrics {
		err = fmt.Errorf("it is larger than %d MiB", maxMetrics>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("metrics %s: %w", file, err)
	}
	return text, nil
}

// measured records what the command has left, after what was recorded of the
// series while it ran.
func (s Spec) measured(t *stage.Task, work string, f *follower) error {
	var series []stage.Metric
	if s.Metrics.Series != "" {
		text, err := readFile(work, s.Metrics.Series)
		if err == nil {
			series, err = ReadSeries(s.Metrics.Series, text)
		}
		if err != nil {
			return err
		}
		if err := f.rest(series); err != nil {
			return err
		}
	}
	if s.Metrics.File == "" {
		return nil
	}
	text, err := readFile(work, s.Metrics.File)
	if err != nil {
		return err
	}
	metrics, err := ReadMetrics(s.Metrics.File, text)
	if err != nil {
		return err
	}
	for _, m := range metrics {
		if slices.ContainsFunc(series, func(o stage.Metric) bool { return o.Name == m.Name }) {
			return fmt.Errorf("%s: metric %q is a series in %s too: give one of them another name", s.Metrics.File, m.Name, s.Metrics.Series)
		}
		t.Metric(m.Name, m.Value)
	}
	return nil
}

// A follower records the lines of a series while the command appends them.
type follower struct {
	t    *stage.Task
	path string

	reader   seriesReader
	offset   int64 // of the first line that was not read
	recorded []stage.Metric
	broken   bool // a line could not be read: the end of the command tells why
}

// follow looks at the series until ctx ends.
func (f *follower) follow(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.poll()
		}
	}
}

// poll reads the lines that are complete.
func (f *follower) poll() {
	file, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil || f.broken {
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() <= f.offset || info.Size() > maxMetrics {
		return // it may be about to be written anew
	}
	text := make([]byte, info.Size()-f.offset)
	n, _ := file.ReadAt(text, f.offset)
	whole := string(text[:n])
	whole = whole[:strings.LastIndexByte(whole, '\n')+1]
	for l := range strings.Lines(whole) {
		ms, err := f.reader.read(l)
		if err != nil {
			f.broken = true
			return
		}
		f.offset += int64(len(l))
		f.record(ms)
	}
}

func (f *follower) record(ms []stage.Metric) {
	if len(ms) == 0 {
		return
	}
	p := stage.Progress{Done: int64(ms[0].Step), Unit: f.reader.names[f.reader.step] + "s"}
	for _, m := range ms {
		f.t.MetricAt(m.Name, m.Step, m.Value)
		p.Values = append(p.Values, stage.NamedValue{Name: m.Name, Value: m.Value})
	}
	f.recorded = append(f.recorded, ms...)
	f.t.Progress(p)
}

// rest records what was not recorded of the whole series.
func (f *follower) rest(series []stage.Metric) error {
	same := func(a, b stage.Metric) bool {
		return a.Name == b.Name && a.Step == b.Step && (a.Value == b.Value || a.Value != a.Value && b.Value != b.Value)
	}
	n := len(f.recorded)
	if n > len(series) || !slices.EqualFunc(f.recorded, series[:n], same) {
		return fmt.Errorf("%s: lines were changed after they had been written: a series may only be appended to", f.reader.file)
	}
	for _, m := range series[n:] {
		f.t.MetricAt(m.Name, m.Step, m.Value)
	}
	return nil
}

// watch follows the series, if there is one, until stop is called.
func (s Spec) watch(ctx context.Context, t *stage.Task, work string) (f *follower, stop func()) {
	f = &follower{t: t, path: filepath.Join(work, s.Metrics.Series), reader: seriesReader{file: s.Metrics.Series}}
	if s.Metrics.Series == "" {
		return f, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { f.follow(ctx) })
	return f, func() {
		cancel()
		following.Wait()
	}
}
