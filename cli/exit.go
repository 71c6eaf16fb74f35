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
	exitFailed      = 1   // a stage or trial failed, or anything else went wrong
	exitUsage       = 2   // usage error or wrong spec
	exitInterrupted = 130 // Ctrl-C, as shells report it
)

// collectSeldom and collectUsually set how often the garbage collector runs,
// unless GOGC does. To look up a thousand cached stages takes less time than a
// collection saves; to execute one takes more.
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

// A UsageError is an error in the call or in a spec: the exit code is 2.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a [UsageError] with a formatted message.
func Usagef(format string, args ...any) error {
	return UsageError{fmt.Errorf(format, args...)}
}

func exitCode(ctx context.Context, err error) int {
	var usage UsageError
	var own ExitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &own):
		return own.Code
	case ctx.Err() != nil:
		return exitInterrupted
	default:
		return exitFailed
	}
}
