package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"whorl/siamese"
)

// child runs this program again, with more in its environment, and returns the
// number that it prints.
func child(ctx context.Context, what string, env ...string) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("measure %s: %w", what, err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "-child", what)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("measure %s: %w: %s", what, err, stderr.Bytes())
	}
	return strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
}

// runChild is what such a process does.
func runChild(ctx context.Context, what string, networks []siamese.Architecture) error {
	if what == "memory" {
		return trainMany(ctx)
	}
	for _, a := range networks {
		if a.Name == what {
			return trainFew(ctx, a)
		}
	}
	return fmt.Errorf("no network is named %q", what)
}

// portable measures training on the kernels that run in any build on any CPU.
func (r *report) portable(ctx context.Context, a siamese.Architecture) error {
	seconds, err := child(ctx, a.Name, "WHORL_KERNEL=scalar")
	if err != nil {
		return err
	}
	for i := range r.Networks {
		if n := &r.Networks[i]; n.Name == a.Name {
			n.Portable = batch / seconds
		}
	}
	return nil
}

// trainFew prints the seconds that a step takes, the mean of five.
func trainFew(ctx context.Context, a siamese.Architecture) error {
	m, err := newSample(a, setting{rounds: 1, blocks: 1, steps: 2*margin + 5})
	if err != nil {
		return err
	}
	if err := m.augmented.block(ctx); err != nil {
		return err
	}
	fmt.Println(m.augmented.steps[0])
	return nil
}
