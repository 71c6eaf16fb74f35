package command

import (
	"bufio"
	"bytes"
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

	"whorl/pipeline/command/isolate"
	"whorl/pipeline/stage"
	"whorl/pipeline/store/place"
)

// fixedPath is all the PATH that a command gets: the user's own would be an
// input that no key names.
const fixedPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// SeedVariable is the environment variable that holds the seed.
const SeedVariable = "WHORL_SEED"

// Where inputs and parameters are in the working directory. The name of an
// input has no dot, so it never is that of the file.
const (
	inputDir   = "in"
	paramsFile = inputDir + "/params.json"
)

// run executes the command in a directory beside the task's OutDir, with a copy
// of each input in the folder "in" there. Placeholders stand for paths relative
// to it, so that no path that differs from run to run can reach an output.
func (s Spec) run(ctx context.Context, t *stage.Task) error {
	work := filepath.Join(filepath.Dir(t.OutDir), "work")
	if err := s.prepare(ctx, t, work); err != nil {
		return err
	}
	f, stop := s.watch(ctx, t, work)
	err := s.shell(ctx, t, s.expand(t), work)
	stop()
	if err != nil {
		return err
	}
	if err := s.measured(t, work, f); err != nil {
		return err
	}
	for _, o := range s.Outputs {
		if err := takeOutput(work, o, filepath.Join(t.OutDir, o.Name)); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the working directory: with a copy of each input, the file of
// parameters if the command reads it, and the folders of the outputs.
func (s Spec) prepare(ctx context.Context, t *stage.Task, work string) error {
	if err := os.MkdirAll(filepath.Join(work, inputDir), 0o777); err != nil {
		return err
	}
	for name, input := range t.Inputs {
		to := filepath.Join(work, s.input(name))
		if err := os.Mkdir(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := place.ReadOnly(ctx, input.Path, to); err != nil {
			return fmt.Errorf("place input %q: %w", name, err)
		}
	}
	if strings.Contains(s.Cmd, "{params}") {
		if err := os.WriteFile(filepath.Join(work, paramsFile), []byte(s.JSON), 0o444); err != nil {
			return err
		}
	}
	for _, o := range s.Outputs {
		dir := o.File
		if !o.Dir {
			dir = filepath.Dir(dir)
		}
		if err := os.MkdirAll(filepath.Join(work, dir), 0o777); err != nil {
			return err
		}
	}
	for _, file := range []string{s.Metrics.File, s.Metrics.Series} {
		if err := os.MkdirAll(filepath.Join(work, filepath.Dir(file)), 0o777); err != nil {
			return err
		}
	}
	return nil
}

// ErrTimeout says that a command took longer than its timeout.
var ErrTimeout = errors.New("the command took longer than its timeout")

// shell runs a script to its end and logs what it writes.
func (s Spec) shell(ctx context.Context, t *stage.Task, script, dir string) error {
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.Timeout, fmt.Errorf("%w of %v", ErrTimeout, s.Timeout))
		defer cancel()
	}
	base := filepath.Dir(dir)
	tmp := filepath.Join(base, "tmp")
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return err
	}
	o := isolate.Options{Script: script, Dir: dir}
	home := dir
	if s.Sandbox {
		root := filepath.Join(base, "root")
		if err := os.Mkdir(root, 0o777); err != nil {
			return err
		}
		o.Sandbox = &isolate.Sandbox{Root: root, Temp: tmp, Mounts: append(slices.Clone(s.Mounts), s.Path...)}
		home, tmp = isolate.SandboxWork, isolate.SandboxTemp
	}
	o.Env = s.environ(home, tmp)
	if s.Seed {
		o.Env = append(o.Env, fmt.Sprintf("%s=%d", SeedVariable, t.Seed))
	}
	out, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	o.Output = w
	t.Logf("$ %s", script)
	p, err := isolate.Start(o)
	w.Close()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, p.Kill)
	defer stop()
	var copying sync.WaitGroup
	copying.Go(func() { logLines(out, t) })
	state, err := p.Wait() // and all that it started is dead, but for what left its session
	out.SetReadDeadline(time.Now().Add(time.Second))
	copying.Wait()
	switch {
	case err != nil:
		return fmt.Errorf("wait for the command: %w", err)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !state.Success():
		t.Logf("%s", describe(state))
		return fmt.Errorf("the command ended with %s", describe(state))
	}
	return nil
}

// environ returns the environment of the command, without the seed.
func (s Spec) environ(home, tmp string) []string {
	path := strings.Join(append(slices.Clone(s.Path), fixedPath), ":")
	return append([]string{"PATH=" + path, "LC_ALL=C", "TZ=UTC", "HOME=" + home, "TMPDIR=" + tmp}, s.Env...)
}

// describe says how a command ended. A shell reports a signal that ended a
// program as 128 and its number.
func describe(state *os.ProcessState) string {
	if signal := syscall.Signal(state.ExitCode() - 128); signal > 0 && signal <= 64 {
		return fmt.Sprintf("%s (signal: %s)", state, signal)
	}
	return state.String()
}

// logLines logs what is read, a line at a time, but for lines that tell the
// progress. A line of more than 64 KiB is
// broken, so that no command makes us hold all that it writes.
func logLines(r io.Reader, t *stage.Task) {
	br := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := br.ReadSlice('\n')
		if len(line) > 0 {
			text := string(bytes.TrimSuffix(line, []byte("\n")))
			if p, ok := readProgress(text); ok {
				t.Progress(p)
			} else {
				t.Logf("%s", text)
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			t.Logf("what the command writes is read no further: something that it started, and that left its session, goes on")
			return
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return
		}
	}
}
