package explain

import (
	"context"
	"fmt"
	"strings"

	"whorl/pipeline/spec"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// Identity returns a text that says all that the results of a pipeline depend
// on: each stage's kind, code, parameters and seed, which outputs it reads, and
// the content of the files that it reads. It changes exactly if the key of some
// stage may.
func Identity(ctx context.Context, s *store.Store, p *spec.Pipeline) (string, error) {
	nodes, err := p.Nodes()
	if err != nil {
		return "", err
	}
	if err := p.CheckSources(s.Dir()); err != nil {
		return "", err
	}
	var b strings.Builder
	scanner := tree.NewScanner(s.Memo())
	for _, n := range nodes {
		code, err := n.Code(ctx)
		if err != nil {
			return "", fmt.Errorf("stage %q: %w", n.Name, err)
		}
		fmt.Fprintf(&b, "stage %s\n%s\n", n.Name, n.OwnText(code))
		for _, in := range n.Inputs {
			if in.From != nil {
				fmt.Fprintf(&b, "input %s %s.%s\n", in.Name, in.From.Name, in.Output)
				continue
			}
			t, err := scanner.Scan(ctx, in.Path)
			if err != nil {
				return "", fmt.Errorf("stage %q: input %q: %w", n.Name, in.Name, err)
			}
			fmt.Fprintf(&b, "input %s %s\n", in.Name, t.Digest)
		}
	}
	return b.String(), nil
}
