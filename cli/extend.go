package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"whorl/workspace"
)

// What the verbs of a program use beside [Env].

// An ExitError ends a call that has said all it has to say, with an exit code
// of the verb's own, which its help explains. The codes 0, 1, 2 and 130 have a
// meaning already.
type ExitError struct{ Code int }

func (e ExitError) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

// Artifacts adds the flag --artifacts to a verb. The function that it returns
// opens the workspace in that directory, when the verb runs; that there is none
// is a usage error.
func (e *Env) Artifacts(c *cobra.Command) func(context.Context) (*workspace.Workspace, error) {
	var f artifactsFlag
	f.add(c)
	return func(ctx context.Context) (*workspace.Workspace, error) { return e.existing(ctx, f.dir) }
}

// WriteJSON writes one JSON value to standard output, indented, and a newline.
func (e *Env) WriteJSON(v any) error { return writeJSON(e.Stdout, v) }

// RefError makes an error about the reference to a run count as a usage error.
func RefError(err error) error { return refError(err) }
