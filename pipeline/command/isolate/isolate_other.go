//go:build !linux

package isolate

import "syscall"

const inNamespace, inSandbox = "exit 125", "exit 125"

// Detect tries which level this system allows.
func Detect() Level { return Session }

func attributes(Level, bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func (p *Process) launch() error {
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	return nil
}

func closeOnExec() {}

func fixLimits(int) error { return nil }
