package split

import (
	"context"
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/rows"
)

// Params are the parameters of the stage.
type Params struct {
	Protocol    string  `param:"protocol" enum:"image,subject" doc:"what is drawn: probe images, or subjects with all their prints"`
	Validation  float64 `param:"validation" min:"0.001" max:"0.9" doc:"share that validates"`
	Calibration float64 `param:"calibration" min:"0.001" max:"0.9" doc:"share of what remains that calibrates the threshold"`
}

// Kind returns the stage kind "split".
func Kind() stage.Kind {
	var outputs []stage.Port
	for _, name := range sideNames {
		outputs = append(outputs,
			stage.Port{Name: name, Doc: "its probes: rows of easy + medium + hard, int64 (N,), ascending", Type: stage.TypeNPY},
			stage.Port{Name: "gallery_" + name, Doc: "its gallery: rows of real, int64 (N,), ascending", Type: stage.TypeNPY})
	}
	return stage.Kind{
		Name: "split",
		Doc:  "divides the probes into train, calibration and validation, by image or by subject",
		Inputs: []stage.Port{
			{Name: "real", Doc: "labels of the gallery", Type: stage.TypeNPY},
			{Name: "easy", Doc: "labels of the easy probes", Type: stage.TypeNPY},
			{Name: "medium", Doc: "labels of the medium probes", Type: stage.TypeNPY},
			{Name: "hard", Doc: "labels of the hard probes", Type: stage.TypeNPY},
		},
		Outputs: outputs,
		Params:  Params{Protocol: "image", Validation: 0.1, Calibration: 0.1},
		Random:  true,
		Run:     run,
	}
}

func run(_ context.Context, t *stage.Task) error {
	p := t.Params.(Params)
	gallery, err := rows.Labels(t, "real")
	if err != nil {
		return err
	}
	var probes []impression
	for _, subset := range []fingerprint.Subset{fingerprint.Easy, fingerprint.Medium, fingerprint.Hard} {
		labels, err := rows.Labels(t, subset.String())
		if err != nil {
			return err
		}
		for i, l := range labels {
			probes = append(probes, impression{l, subset, i})
		}
	}
	if err := checkMates(gallery, probes); err != nil {
		return err
	}
	sides, err := divide(p, t.Seed, gallery, probes)
	if err != nil {
		return fmt.Errorf("split by %s: %w", p.Protocol, err)
	}
	for _, s := range sides {
		t.Logf("%s: %d probes, %d gallery images", s.name, len(s.probes), len(s.gallery))
		if err := rows.WriteSelection(t, s.name, s.probes); err != nil {
			return err
		}
		if err := rows.WriteSelection(t, "gallery_"+s.name, s.gallery); err != nil {
			return err
		}
	}
	return nil
}
