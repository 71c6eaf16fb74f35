package isolate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A watcher is a shell in a session of its own that kills a command's session
// when this process dies: the end of a pipe, which only this process holds, is
// closed then.
type watcher struct {
	cmd   *exec.Cmd
	alive *os.File
}

func watch(pid int) (*watcher, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", `read done || kill -KILL -- "-$1"`, "whorl", strconv.Itoa(pid))
	cmd.Stdin = r
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("start the command's watcher: %w", err)
	}
	return &watcher{cmd, w}, nil
}

// release ends the watcher when the session is dead.
func (w *watcher) release() {
	w.alive.WriteString("done\n")
	w.alive.Close()
	w.cmd.Wait()
}

// killSession kills the process group of a session's leader, and waits until
// nothing of it runs.
func killSession(id int) {
	for range 1000 {
		if syscall.Kill(-id, syscall.SIGKILL) == syscall.ESRCH || !running(id) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// running reports whether a process of the group is more than a zombie, which
// stays for as long as its parent does not ask for it. Without /proc it says
// yes.
func running(group int) bool {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return true
	}
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// "PID (NAME) STATE PARENT GROUP ...": the name may hold anything.
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(f) > 2 && f[2] == strconv.Itoa(group) && f[0] != "Z" && f[0] != "X" {
			return true
		}
	}
	return false
}
