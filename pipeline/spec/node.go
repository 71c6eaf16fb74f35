package spec

import (
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

	// A foreach stage is a node "stage[item]" for each item, whose Foreach is the
	// name of the stage, and a node of that name, which gathers the outputs of so
	// many Items.
	Foreach string
	Items   int

	pos   yamlwalk.Position
	index int    // in the order of the file
	extra []Line // further lines of the key
	reg   *Registry
	tools []tool
	dirs  []directory
	item  []set // of a foreach stage
}

// An Input is an input of a node: an output of another node, or a path.
type Input struct {
	Name string
	Ref  string // "stage.output", "data" or a path, as written, with the parameters of an item put in
	Port stage.Port

	From   *Node  // the node whose output it is, or nil
	Output string // the name of that output
	Path   string // an absolute path, if From is nil

	pos yamlwalk.Position
}

// A Param is a resolved parameter.
type Param = params.Value

// A directory outside of the store must exist when the stage runs.
type directory struct {
	field string
	path  string
	pos   yamlwalk.Position
}

// IsCommand reports whether the node runs a shell command.
func (n *Node) IsCommand() bool { return n.Kind.Name == commandKind }
