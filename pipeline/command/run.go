package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

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
		from := filepath.Join(work, o.File)
		if info, err := os.Lstat(from); err == nil && info.IsDir() {
			os.Chmod(from, 0o755) // a folder that is read-only cannot be moved
		}
		err := os.Rename(from, filepath.Join(t.OutDir, o.Name))
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("the command ended well but did not make its output %q, the file %s", o.Name, o.File)
		}
		if err != nil {
			return fmt.Errorf("output %q: %w", o.Name, err)
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
	group, err := newGroup()
	if err != nil {
		return err
	}
	defer group.kill()

	tmp := filepath.Join(filepath.Dir(dir), "tmp")
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + fixedPath, "LC_ALL=C", "TZ=UTC", "HOME=" + dir, "TMPDIR=" + tmp}, s.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group.id}
	out, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = w, w
	t.Logf("$ %s", script)
	err = cmd.Start()
	w.Close()
	if err != nil {
		return fmt.Errorf("start the command: %w", err)
	}
	stop := context.AfterFunc(ctx, group.kill)
	defer stop()
	var copying sync.WaitGroup
	copying.Go(func() { logLines(out, t) })
	state, err := cmd.Process.Wait()
	group.kill() // what it left running holds the pipe open, and may still write
	// One that left the group (setsid) may hold it open for ever.
	out.SetReadDeadline(time.Now().Add(time.Second))
	copying.Wait()
	switch {
	case err != nil:
		return fmt.Errorf("wait for the command: %w", err)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !state.Success():
		t.Logf("%s", state)
		return fmt.Errorf("the command ended with %s", state)
	}
	return nil
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
			t.Logf("what the command writes is read no further: something that it started, and that left its process group, goes on")
			return
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return
		}
	}
}

// A group is a process group that does not outlive this process, even if this
// process is killed: its leader is a shell that waits for the other end of a
// pipe, which only we hold, to be closed, and then kills the group.
type group struct {
	id     int
	leader *exec.Cmd
	alive  *os.File
	once   sync.Once
}

func newGroup() (*group, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	leader := exec.Command("/bin/sh", "-c", "read _; kill -KILL 0")
	leader.Stdin = r
	leader.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := leader.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("start the command's guard: %w", err)
	}
	return &group{id: leader.Process.Pid, leader: leader, alive: w}, nil
}

// kill ends every process of the group, and waits until none is left.
func (g *group) kill() {
	g.once.Do(func() {
		syscall.Kill(-g.id, syscall.SIGKILL)
		g.leader.Wait()
		g.alive.Close()
		for range 1000 { // those that are not our children are reaped by init
			if syscall.Kill(-g.id, 0) == syscall.ESRCH {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
}
