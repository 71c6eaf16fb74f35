package pipeline

import "embed"

//go:embed stage/*.go command/*.go command/isolate/*.go store/place/*.go
var files embed.FS

// own is the source of the engine's code that stages reach, in whatever program:
// the contract and the commands. TestOwnSource keeps it complete.
var own = Source{
	Module:  "whorl/pipeline",
	FS:      files,
	Reaches: map[string][]string{"golang.org/x/sys/unix": {"golang.org/x/sys"}},
}
