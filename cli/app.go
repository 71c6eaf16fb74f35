package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"whorl/pipeline"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
)

// An App is a program on the engine: its name and what its pipelines may name.
// All fields but Name may be left out.
type App struct {
	Name    string // what its user types, e.g. "whorl"; help and errors say it
	Version string // e.g. "1.2.0"; empty: the version of the main module
	Help    string // what it is for and what to try first, at the top of its help

	Kinds       []stage.Kind  // the kinds that "kind:" may name
	DataSources []stage.Kind  // the kinds that "data:" and --data may name
	Sources     []spec.Source // the source code that identifies the kinds; see [spec.Registry.AddSource]
	Templates   []Template    // further projects that the verb init can write

	// Kernels names the numeric kernels that this CPU runs. Its error says that
	// this CPU can run none: no verb that needs a pipeline then works.
	Kernels func() (string, error)
	// Verbs returns the commands that the program adds.
	Verbs func(*Env) []*cobra.Command
}

// A Template is a project that the verb init writes.
type Template struct {
	Name  string // what --template names
	Doc   string // one line
	Start string // the first command to call in it
	Files fs.FS
}

// Env is what a verb may write to, and the program that it belongs to.
type Env struct {
	Stdout io.Writer // for text and JSON: control characters are made visible
	Stderr io.Writer
	Bytes  io.Writer // standard output for the content of files, unchanged

	app     App
	helpErr error // why no help was given
}

// Main carries out the call of the process and exits with its code.
func Main(app App) {
	collectSeldom()
	// A crash in any goroutine ends the process by SIGABRT: the exit code that
	// Go gives it otherwise, 2, means a usage error here.
	debug.SetTraceback("crash")
	os.Exit(Run(context.Background(), app, os.Args[1:], os.Stdout, os.Stderr))
}

// Run carries out one call and returns its exit code. It ends early if ctx
// does, or when the process is interrupted.
func Run(ctx context.Context, app App, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if crash := recover(); crash != nil {
			fmt.Fprintf(stderr, "%s: internal error: %v\n\n%s", app.Name, crash, debug.Stack())
			code = exitFailed
		}
	}()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once: a result is published whole or
	// not at all, so that is safe.
	context.AfterFunc(ctx, stop)
	out := &output{w: stdout}
	root, env := newRoot(app, out, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = env.helpErr
	}
	if lost := out.err(); lost != nil && (err == nil || errors.Is(err, lost)) {
		err = lost
	}
	code = exitCode(ctx, err)
	tell(ctx, app.Name, env.Stderr, err)
	return code
}

// tell writes the error of a call.
func tell(ctx context.Context, program string, w io.Writer, err error) {
	var wrong *spec.Error
	var own ExitError
	switch {
	case err == nil, errors.Is(err, errReported), errors.As(err, &own):
	case exitCode(ctx, err) == exitInterrupted:
		fmt.Fprintf(w, "%s: interrupted\n", program)
	case errors.As(err, &wrong): // a line each, positions first, as editors read them
		fmt.Fprintln(w, wrong)
	default:
		fmt.Fprintf(w, "%s: %v\n", program, err)
	}
}

// registry returns everything that a pipeline.yaml may name.
func (a App) registry() (*spec.Registry, error) {
	if _, err := a.kernels(); err != nil {
		return nil, UsageError{err}
	}
	reg := pipeline.NewRegistry()
	errs := []error{reg.RegisterData(a.DataSources...), reg.Register(a.Kinds...)}
	for _, s := range a.Sources {
		errs = append(errs, reg.AddSource(s))
	}
	return reg, errors.Join(errs...)
}

func (a App) kernels() (string, error) {
	if a.Kernels == nil {
		return "", nil
	}
	return a.Kernels()
}

// variant names the numeric variants that the kinds run in.
func (a App) variant() string {
	var names []string
	for _, k := range slices.Concat(a.DataSources, a.Kinds) {
		if k.Variant != nil && !slices.Contains(names, k.Variant()) {
			names = append(names, k.Variant())
		}
	}
	return strings.Join(names, ", ")
}
