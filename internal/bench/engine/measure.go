package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// A side is one of those that are compared.
type side struct {
	name string
	run  func(ctx context.Context) (kib int64, err error) // its peak memory, or 0

	seconds []float64
	kib     int64
}

// program is a side that runs a command in a directory.
func program(name, dir string, args ...string) *side {
	return &side{name: name, run: func(ctx context.Context) (int64, error) {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w\n%s", name, err, out)
		}
		u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok || runtime.GOOS != "linux" { // elsewhere it is in other units
			return 0, nil
		}
		return u.Maxrss, nil
	}}
}

// function is a side that runs in this process.
func function(name string, f func(ctx context.Context) error) *side {
	return &side{name: name, run: func(ctx context.Context) (int64, error) { return 0, f(ctx) }}
}

// inTurns runs each side once for nothing and then again and again.
func inTurns(ctx context.Context, rounds int, sides ...*side) error {
	for i := range rounds + 1 {
		for _, s := range sides {
			begin := time.Now()
			kib, err := s.run(ctx)
			if err != nil {
				return err
			}
			if i > 0 {
				s.seconds = append(s.seconds, time.Since(begin).Seconds())
				s.kib = max(s.kib, kib)
			}
		}
	}
	return nil
}

func (s *side) median() float64 {
	sorted := slices.Sorted(slices.Values(s.seconds))
	return sorted[len(sorted)/2]
}

// put writes a file in a folder that need not be there.
func put(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}
