package isolate

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
)

// A Level is how firmly a command is held.
type Level int

// The levels, from the weaker to the stronger.
const (
	Session   Level = iota // a session of its own: what starts another session survives
	Namespace              // a process-id namespace: nothing survives
)

func (l Level) String() string {
	if l == Namespace {
		return "process-id namespace"
	}
	return "session (the system allows no process-id namespace: a process that calls setsid survives its stage)"
}

// Options say what to run.
type Options struct {
	Script string   // for /bin/sh -c
	Dir    string   // the working directory
	Env    []string // the whole environment
	Output *os.File // standard output and error; Start does not close it

	// Sandbox, if not nil, hides all files but those that it names, and the
	// network. Without namespaces Start then fails.
	Sandbox *Sandbox
}

// A Sandbox says which files a command sees: /usr and what programs there need
// (the links /bin, /lib and so on, /etc/alternatives, the loader's cache),
// /proc, a few devices, the working directory as /work, and these.
type Sandbox struct {
	Root   string   // an empty directory in which to build the view
	Temp   string   // seen as /tmp
	Mounts []string // absolute paths, seen where they are, read-only
}

// The directories that a command in a sandbox sees.
const (
	SandboxWork = "/work"
	SandboxTemp = "/tmp"
)

// ErrNoSandbox says that the system does not allow a sandbox.
var ErrNoSandbox = errors.New("this system allows no sandbox: user and mount namespaces are needed (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces), or root")

// A Process is a command that was started.
type Process struct {
	Level Level

	cmd   *exec.Cmd
	gate  *os.File // closing it before the command begins stops it
	watch *watcher // nil in a namespace
	ended chan error
	once  sync.Once
}

// The first thing of every command is this shell. It waits until its limits
// have been set, and does not begin if the caller dies first. In a namespace it is
// the first process: when it ends, the kernel kills all others.
const prologue = `read go <&3 || exit 125
exec 3<&-
umask 022
`

const inSession = prologue + `exec /bin/sh -c "$1"`

// Start starts a command. Wait must be called, also after Kill.
func Start(o Options) (*Process, error) {
	closeOnExec()
	if o.Sandbox == nil {
		if p, err := start(o, Namespace); err == nil {
			return p, nil
		}
		return start(o, Session)
	}
	p, err := start(o, Namespace)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSandbox, err)
	}
	return p, nil
}

func start(o Options, level Level) (*Process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	p := &Process{Level: level, gate: write, ended: make(chan error, 1)}
	p.cmd = exec.Command("/bin/sh", arguments(o, level)...)
	p.cmd.Dir, p.cmd.Env = o.Dir, o.Env
	p.cmd.Stdout, p.cmd.Stderr = o.Output, o.Output
	p.cmd.ExtraFiles = []*os.File{read}
	p.cmd.SysProcAttr = attributes(level, o.Sandbox != nil)
	if err := p.launch(); err != nil {
		write.Close()
		return nil, fmt.Errorf("start the command: %w", err)
	}
	if level == Session {
		if p.watch, err = watch(p.cmd.Process.Pid); err != nil {
			p.Kill()
			p.Wait()
			return nil, err
		}
	}
	err = fixLimits(p.cmd.Process.Pid)
	if err == nil {
		_, err = p.gate.WriteString("go\n")
	}
	if err != nil {
		p.Kill()
		p.Wait()
		return nil, fmt.Errorf("start the command: %w", err)
	}
	return p, nil
}

func arguments(o Options, level Level) []string {
	switch {
	case o.Sandbox != nil:
		s := o.Sandbox
		return append([]string{"-c", inSandbox, "whorl", o.Script, o.Dir, s.Root, s.Temp}, s.Mounts...)
	case level == Namespace:
		return []string{"-c", inNamespace, "whorl", o.Script}
	}
	return []string{"-c", inSession, "whorl", o.Script}
}

// Wait waits until the command has ended and everything that it started is
// dead. The error is of waiting only; the state tells how the command ended.
func (p *Process) Wait() (*os.ProcessState, error) {
	err := <-p.ended
	p.gate.Close()
	if p.watch != nil {
		killSession(p.cmd.Process.Pid)
		p.watch.release()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return p.cmd.ProcessState, err
}

// Kill kills the command and all that it started. It may be called at any
// time, and again.
func (p *Process) Kill() {
	p.once.Do(func() { p.cmd.Process.Kill() })
}
