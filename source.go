// Package whorl carries the source code of its own stages, by which the engine
// tells whether a result was made by the same code: see package
// pipeline/spec/internal/code.
package whorl

import "embed"

// Module is the path of the module.
const Module = "whorl"

// Source holds the Go files of every package that a stage may reach, at their
// paths in the module, but for those of the engine, which knows them itself. A
// package that is missing here would make its stages
// depend on the whole executable; TestSource sees to that.
//
//go:embed stages/*/*.go stages/internal/*/*.go
//go:embed siamese/*.go siamese/*/*.go
//go:embed fingerprint/*.go fingerprint/*/*.go
//go:embed biometrics/*.go
//go:embed internal/splitmix/*.go
var Source embed.FS
