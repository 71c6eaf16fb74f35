package whorl

import "embed"

// Project holds the pipeline of the fingerprint experiment and its sweeps, as
// a project of their own.
//
//go:embed pipeline.yaml experiments/*.yaml
var Project embed.FS
