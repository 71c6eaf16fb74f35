package synthetic

import (
	"context"

	"whorl/fingerprint/synth"
)

// MaxSubjects is how many subjects a tree may have.
const MaxSubjects = synth.MaxSubjects

// Options say which prints a tree has.
type Options = synth.Options

// WriteTree writes the tree that a stage of this kind makes, for use outside
// of a pipeline; see [synth.WriteTree].
func WriteTree(ctx context.Context, dir string, o Options, report func(done, total int)) error {
	return synth.WriteTree(ctx, dir, o, report)
}
