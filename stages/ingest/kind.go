package ingest

import (
	"whorl/fingerprint"
	"whorl/pipeline/stage"
)

// Params are the stage's parameters.
type Params struct {
	Size     [2]int `param:"size" min:"1" max:"4096" doc:"height and width in pixels that images are resized to"`
	OnReject string `param:"on_reject" enum:"fail,skip" doc:"what to do about files that are refused: fail the stage, or skip them and record why"`
}

// Names of the stage's outputs besides the arrays, which are "x_" and the name
// of the subset.
const (
	outputNames   = "names"
	outputRejects = "rejects"
)

// Kind returns the stage.
func Kind() stage.Kind {
	k := stage.Kind{
		Name: "ingest",
		Doc:  "decode a tree of BMP prints to grey arrays of one size",
		Inputs: []stage.Port{
			{Name: "prints", Dir: true, Type: stage.TypeTree, Doc: "the folder that holds Real and Altered, or the one above it"},
		},
		Params: Params{Size: [2]int{90, 90}, OnReject: "fail"},
		Run:    run,
	}
	for s := range fingerprint.Subsets {
		k.Outputs = append(k.Outputs, stage.Port{
			Name: "x_" + s.String(), Type: stage.TypeNPY,
			Doc: "images of " + s.Dir() + ", uint8 (N, height, width)",
		})
	}
	k.Outputs = append(k.Outputs,
		stage.Port{Name: outputNames, Type: stage.TypeJSON, Doc: "the file behind each row, by subset"},
		stage.Port{Name: outputRejects, Type: stage.TypeJSON, Doc: "files that were refused, each with the reason"},
	)
	return k
}
