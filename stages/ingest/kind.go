package ingest

import "whorl/pipeline/stage"

// Params are the stage's parameters.
type Params struct {
	Size     [2]int `param:"size" min:"1" max:"4096" doc:"height and width in pixels that images are resized to"`
	OnReject string `param:"on_reject" enum:"fail,skip" doc:"what to do about files that are refused: fail the stage, or skip them and record why"`
}

// prints is the name of the input, a tree of files, and of the output, arrays.
const prints = "prints"

// Kind returns the stage.
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name: "ingest",
		Doc:  "decode a tree of BMP prints to grey arrays of one size",
		Inputs: []stage.Port{
			{Name: prints, Dir: true, Type: stage.TypeTree, Doc: "the folder that holds Real and Altered, or the one above it"},
		},
		Outputs: []stage.Port{
			{Name: prints, Dir: true, Type: stage.TypeTree, Doc: "x_real.npy, x_easy.npy, x_medium.npy, x_hard.npy: images, uint8 (N, height, width); names.json: the file behind each row; rejects.json: files that were refused, each with the reason"},
		},
		Metrics: []stage.MetricInfo{
			{Name: "real", Title: "Real prints", Doc: "images of the gallery"},
			{Name: "easy", Title: "Easy prints", Doc: "altered images, easy"},
			{Name: "medium", Title: "Medium prints", Doc: "altered images, medium"},
			{Name: "hard", Title: "Hard prints", Doc: "altered images, hard"},
			{Name: "rejects", Title: "Files refused", Goal: stage.Minimize, Doc: "files that were refused and left out"},
		},
	}, Params{Size: [2]int{90, 90}, OnReject: "fail"}, run)
}
