package spec

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"whorl/pipeline/command"
	"whorl/pipeline/spec/internal/code"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/value"
)

// An Identity is what this program and this machine contribute to the key of a
// node: the text that identifies its code with its digest, and what its tools
// print.
type Identity struct {
	*code.Identity
	tools []Line
}

// Code identifies the code of a node. The first time in a process, it runs the
// node's tools.
func (n *Node) Code(ctx context.Context) (*Identity, error) {
	c, err := n.reg.code.Of(n.Kind.Code()...)
	if err != nil {
		return nil, err
	}
	id := &Identity{Identity: c}
	for _, t := range n.tools {
		out, err := n.reg.tools.run(ctx, n.Value.(command.Spec), t.command)
		if err != nil {
			return nil, fmt.Errorf("%s: tool %s: %w", t.pos, value.Text(t.command), err)
		}
		id.tools = append(id.tools, Line{"tool " + value.Text(t.command), value.Text(out)})
	}
	return id, nil
}

// A tool is a command that prints what counts for the key of a node.
type tool struct {
	command string
	pos     yamlwalk.Position
}

// tools runs each tool once in a process, unless it fails.
type tools struct {
	mu  sync.Mutex
	out map[string]string
}

func (ts *tools) run(ctx context.Context, s command.Spec, tool string) (string, error) {
	key := strings.Join(append(append([]string{tool}, s.Path...), s.Env...), "\x00")
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if out, ok := ts.out[key]; ok {
		return out, nil
	}
	out, err := s.Tool(ctx, tool)
	if err == nil {
		ts.out[key] = out
	}
	return out, err
}
