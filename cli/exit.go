package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
)

// Exit codes, which scripts rely on.
const (
	exitOK          = 0
	exitFailed      = 1   // a stage or trial failed
	exitUsage       = 2   // wrong call or spec
	exitInterrupted = 130 // Ctrl-C, as shells report it
)

// collectSeldom and collectUsually set the pace of the garbage collector,
// unless GOGC does. Looking up a thousand cached stages is over before a
// collection would pay; executing one is not.
func collectSeldom()  { setCollector(400) }
func collectUsually() { setCollector(100) }

func setCollector(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// errReported is the error of a command that has already said on standard
// error what went wrong.
var errReported = errors.New("already reported")

// A UsageError is a wrong call or a wrong spec: the exit code is 2.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a [UsageError] with a formatted message.
func Usagef(format string, args ...any) error {
	return UsageError{fmt.Errorf(format, args...)}
}

func exitCode(ctx context.Context, err error) int {
	var usage UsageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	default:
		return exitFailed
	}
}
