package spec

import (
	"whorl/pipeline/spec/internal/code"
	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// dataNode is the name of the node that a data source is.
const dataNode = "data"

// A Node is a stage of a pipeline, with everything that its key depends on but
// the content of its inputs.
type Node struct {
	Name    string
	Kind    stage.Kind
	Inputs  []*Input // sorted by name
	Params  []Param  // sorted by name
	Value   any      // for stage.Task.Params
	Seed    uint64   // for stage.Task.Seed: the run's, or 0 if the kind is not random
	Metrics []stage.MetricInfo

	pos   yamlwalk.Position
	index int    // in the order of the file
	extra []Line // further lines of the key
	code  *code.Identifier
}

// An Input is an input of a node: an output of another node, or a path.
type Input struct {
	Name string
	Ref  string // as written: "stage.output", "data" or a path
	Port stage.Port

	From   *Node  // the node whose output it is, or nil
	Output string // the name of that output
	Path   string // an absolute path, if From is nil

	pos yamlwalk.Position
}

// A Param is a resolved parameter.
type Param = params.Value

// An Identity is the text that identifies the code of a node, and its digest.
type Identity = code.Identity

// Code identifies the code of a node.
func (n *Node) Code() (*Identity, error) { return n.code.Of(n.Kind.Code()...) }

// IsCommand reports whether the node runs a shell command.
func (n *Node) IsCommand() bool { return n.Kind.Name == commandKind }
