package label

import (
	"whorl/fingerprint"
	"whorl/pipeline/stage"
)

// Params are the stage's parameters.
type Params struct {
	Samples int `param:"samples" min:"1" max:"12" doc:"fingers shown on the sheet of samples"`
}

// Kind returns the stage.
func Kind() stage.Kind {
	k := stage.Kind{
		Name:   "label",
		Doc:    "subject, gender, hand, finger and alteration of each image, from its name",
		Inputs: []stage.Port{{Name: "names", Type: stage.TypeJSON, Doc: "the file behind each row, by subset"}},
		Params: Params{Samples: 6},
		Run:    run,
	}
	for s := range fingerprint.Subsets {
		k.Inputs = append(k.Inputs, stage.Port{
			Name: "x_" + s.String(), Type: stage.TypeNPY, Optional: true,
			Doc: "images of " + s.Dir() + ", for the sheet of samples",
		})
		k.Outputs = append(k.Outputs, stage.Port{
			Name: "y_" + s.String(), Type: stage.TypeNPY,
			Doc: "labels of " + s.Dir() + ", uint16 (N, 4): subject, gender, hand, finger",
		})
	}
	k.Outputs = append(k.Outputs,
		stage.Port{Name: "alterations", Type: stage.TypeJSON, Doc: "the alteration of each row, by subset"},
		stage.Port{Name: "samples", Type: stage.TypePNG, Doc: "prints of the four subsets with their labels"},
	)
	return k
}
