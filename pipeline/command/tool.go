package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"whorl/pipeline/command/isolate"
)

const (
	toolTimeout = time.Minute
	maxTool     = 64 << 10 // bytes that a tool may print
)

// Tool runs a command that tells the version of what the stage's command uses,
// with the same PATH and environment but in an empty directory, and returns what
// it prints.
func (s Spec) Tool(ctx context.Context, tool string) (string, error) {
	dir, err := os.MkdirTemp("", "whorl-tool-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeoutCause(ctx, toolTimeout, fmt.Errorf("it took longer than %v", toolTimeout))
	defer cancel()
	out, err := os.OpenFile(filepath.Join(dir, "output"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer out.Close()
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o777); err != nil {
		return "", err
	}
	p, err := isolate.Start(isolate.Options{Script: tool, Dir: work, Env: s.environ(work, work), Output: out})
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, p.Kill)
	defer stop()
	state, err := p.Wait()
	if err != nil {
		return "", err
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	info, err := out.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > maxTool {
		return "", fmt.Errorf("it printed more than %d KiB", maxTool>>10)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		return "", err
	}
	text = bytes.TrimSpace(text)
	if !state.Success() {
		return "", fmt.Errorf("it ended with %s: %s", describe(state), text)
	}
	if len(text) == 0 {
		return "", errors.New("it printed nothing that the key could hold")
	}
	return string(text), nil
}
