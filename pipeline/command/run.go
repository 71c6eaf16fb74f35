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

// inputDir is where the inputs are, in the working directory.
const inputDir = "in"

// run executes the command in a directory beside the task's OutDir, with a copy
// of each input in the folder "in" there. Placeholders stand for paths relative
// to it, so that no path that differs from run to run can reach an output.
func (s Spec) run(ctx context.Context, t *stage.Task) error {
	work := filepath.Join(filepath.Dir(t.OutDir), "work")
	if err := os.MkdirAll(filepath.Join(work, inputDir), 0o777); err != nil {
		return err
	}
	inputs, outputs := map[string]string{}, map[string]string{}
	for name, input := range t.Inputs {
		inputs[name] = filepath.Join(inputDir, name)
		if err := place.ReadOnly(ctx, input.Path, filepath.Join(work, inputs[name])); err != nil {
			return fmt.Errorf("place input %q: %w", name, err)
		}
	}
	for _, o := range s.Outputs {
		outputs[o.Name] = o.File
		dir := filepath.Join(work, o.File)
		if !o.Dir {
			dir = filepath.Dir(dir)
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	if err := s.shell(ctx, t, s.expand(inputs, outputs), work); err != nil {
		return err
	}
	for _, o := range s.Outputs {
		if err := takeOutput(work, o, filepath.Join(t.OutDir, o.Name)); err != nil {
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
		o.Sandbox = &isolate.Sandbox{Root: root, Temp: tmp, Mounts: s.Mounts}
		home, tmp = isolate.SandboxWork, isolate.SandboxTemp
	}
	o.Env = append([]string{"PATH=" + fixedPath, "LC_ALL=C", "TZ=UTC", "HOME=" + home, "TMPDIR=" + tmp}, s.Env...)
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

// describe says how a command ended. A shell reports a signal that ended a
// program as 128 and its number.
func describe(state *os.ProcessState) string {
	if signal := syscall.Signal(state.ExitCode() - 128); signal > 0 && signal <= 64 {
		return fmt.Sprintf("%s (signal: %s)", state, signal)
	}
	return state.String()
}

// logLines logs what is read, a line at a time. A line of more than 64 KiB is
// broken, so that no command makes us hold all that it writes.
func logLines(r io.Reader, t *stage.Task) {
	br := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := br.ReadSlice('\n')
		if len(line) > 0 {
			t.Logf("%s", bytes.TrimSuffix(line, []byte("\n")))
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
