package pipeline

import (
	"embed"

	"whorl/pipeline/spec"
)

//go:embed stage/*.go stage/*/*.go command/*.go command/isolate/*.go gather/*.go store/place/*.go
var files embed.FS

// own is the source of the engine's code that stages reach, in whatever program:
// the contract, commands and the gathering of items. TestOwnSource keeps it complete.
var own = spec.Source{
	Module:  "whorl/pipeline",
	FS:      files,
	Reaches: map[string][]string{"golang.org/x/sys/unix": {"golang.org/x/sys"}},
}

// NewRegistry returns a registry that knows only the kind "command" and the
// source of the engine.
func NewRegistry() *spec.Registry { return spec.NewRegistry(own) }
