// Command whorl runs reproducible experiments: pipelines of content-hashed
// stages, sweeps over their parameters, and reports that compare the runs.
// Fingerprint verification with a Siamese network is its built-in case.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"whorl/pipeline"
)

// Exit codes, which scripts rely on.
const (
	exitOK          = 0
	exitFailed      = 1   // a stage or trial failed
	exitUsage       = 2   // wrong call or spec
	exitInterrupted = 130 // Ctrl-C, as shells report it
)

func main() {
	collectSeldom()
	cobra.EnableCommandSorting = false // help lists verbs in the order of use
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run carries out one call and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once: nothing half-written is ever
	// taken for good, so that is safe.
	context.AfterFunc(ctx, stop)

	root := rootCommand(&environment{stdout: stdout, stderr: stderr})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	var spec *pipeline.SpecError
	switch {
	case err == nil, errors.Is(err, errReported):
	case code == exitInterrupted:
		fmt.Fprintln(stderr, "whorl: interrupted")
	case errors.As(err, &spec): // a line each, positions first, as editors like them
		fmt.Fprintln(stderr, spec)
	default:
		fmt.Fprintln(stderr, "whorl:", err)
	}
	return code
}

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

// A usageError is a wrong call or a wrong spec.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func exitCode(ctx context.Context, err error) int {
	var usage usageError
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
