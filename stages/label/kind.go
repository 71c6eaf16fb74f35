package label

import "whorl/pipeline/stage"

// Params are the stage's parameters.
type Params struct {
	Samples int `param:"samples" min:"1" max:"12" doc:"fingers shown on the sheet of samples"`
}

// Kind returns the stage.
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name:   "label",
		Doc:    "subject, gender, hand, finger and alteration of each image, from its name",
		Inputs: []stage.Port{{Name: "prints", Type: stage.TypeTree, Dir: true, Doc: "the names of the files, and the images for the sheet"}},
		Outputs: []stage.Port{
			{Name: "labels", Type: stage.TypeTree, Dir: true, Doc: "y_real.npy, y_easy.npy, y_medium.npy, y_hard.npy: uint16 (N, 4): subject, gender, hand, finger; alterations.json: the alteration of each row"},
			{Name: "samples", Type: stage.TypePNG, Doc: "prints of the four subsets with their labels"},
		},
		Metrics: []stage.MetricInfo{
			{Name: "subjects", Title: "Subjects", Doc: "people with at least one print"},
			{Name: "fingers", Title: "Fingers", Doc: "different fingers"},
		},
	}, Params{Samples: 6}, run)
}
