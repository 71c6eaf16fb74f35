package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
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
type App struct {
	Name    string // as it is called, e.g. "whorl"
	Version string // empty: that of the main module

	Kinds       []stage.Kind  // that "kind:" may name
	DataSources []stage.Kind  // that "data:" may name
	Sources     []spec.Source // by which the code of the kinds is identified

	// Kernels names the numeric kernels that this CPU runs; its error says that
	// none can. Nil: the program has none.
	Kernels func() (string, error)

	// Verbs returns commands that the program adds; nil: none.
	Verbs func(*Env) []*cobra.Command
}

// Env is what a verb may touch of the outside.
type Env struct {
	Stdout, Stderr io.Writer
	app            App
}

// Main carries out the call of the process and exits with its code.
func Main(app App) {
	collectSeldom()
	os.Exit(Run(context.Background(), app, os.Args[1:], os.Stdout, os.Stderr))
}

// Run carries out one call and returns its exit code. It ends early if ctx
// does, or when the process is interrupted.
func Run(ctx context.Context, app App, args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once: a result is published whole or
	// not at all, so that is safe.
	context.AfterFunc(ctx, stop)

	root := Command(app, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	var spec *spec.Error
	switch {
	case err == nil, errors.Is(err, errReported):
	case code == exitInterrupted:
		fmt.Fprintf(stderr, "%s: interrupted\n", app.Name)
	case errors.As(err, &spec): // a line each, positions first, as editors like them
		fmt.Fprintln(stderr, spec)
	default:
		fmt.Fprintf(stderr, "%s: %v\n", app.Name, err)
	}
	return code
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

func (a App) version() string {
	if a.Version != "" {
		return a.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" {
		return v
	}
	return "(devel)"
}
