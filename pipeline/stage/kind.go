package stage

import "context"

// A Kind is one kind of stage: what a pipeline.yaml names after "kind:".
type Kind struct {
	Name    string // as written in pipeline.yaml, e.g. "train"
	Doc     string // one line for --help and error messages
	Inputs  []Port
	Outputs []Port

	// Params is a struct value that holds the defaults. Its exported fields
	// of type bool, int, float64, string, or an array or slice of one of
	// those, are the parameters, described by struct tags:
	//
	//	param:"epochs"       the name in pipeline.yaml
	//	param:"epochs,progress"  ... how far to go, not how: it is left out of
	//	                     the key under which checkpoints are kept
	//	min:"1" max:"1000"   inclusive bounds of a number, or of each element
	//	enum:"subtract,abs"  the only values of a string
	//	doc:"..."            one line
	//
	// If *Params has a method Validate() error, it is called with the
	// resolved values before anything runs. Nil means: no parameters.
	Params any

	// Random says that the run's seed is part of the stage's key. A stage
	// that is not random gets seed 0.
	Random bool

	// Variant names the numeric variant that the bits of the outputs may
	// depend on, such as the family of kernels that this CPU selects. Nil
	// means that they depend on none.
	Variant func() string

	// Run does the work. The package that declares this function, and every
	// package that it reaches by import, is the stage's code: a change there
	// makes its results stale. What a closure has captured is not seen, so
	// let it be a plain function of the stage's own package.
	// [Define] makes one whose parameters are typed.
	Run func(context.Context, *Task) error

	// Metrics describe what the stage measures: those that it names and, after
	// a prefix and a dot, those of parts of the data. See [InfoOf].
	Metrics []MetricInfo

	code any // what Define was given to run
}

// A Port is a named input or output of a kind of stage.
type Port struct {
	Name     string
	Doc      string
	Type     string // media type, e.g. "image/png"; see the Type constants
	Dir      bool   // a directory rather than a file
	Optional bool   // for inputs only: may be left unwired
}

// Media types that reports know how to show.
const (
	TypeNPY     = "application/x-npy"                  // NumPy array, NEP 1
	TypeNPZ     = "application/x-npz"                  // zip of NumPy arrays
	TypeJSON    = "application/json"                   // anything else in JSON
	TypeCSV     = "text/csv"                           // with a header line
	TypePNG     = "image/png"                          // a sheet to look at
	TypeCurves  = "application/vnd.whorl.curves+json"  // ROC, PR, DET, histogram
	TypeFigures = "application/vnd.whorl.figures+json" // declared charts: see package figure
	TypeTree    = "inode/directory"
)
