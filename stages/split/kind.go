package split

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
)

// Params are the parameters of the stage.
type Params struct {
	Protocol    string  `param:"protocol" enum:"image,finger,subject" doc:"what is drawn: probe images, fingers with all their prints, or subjects with all their prints"`
	Test        float64 `param:"test" min:"0.001" max:"0.9" doc:"share that is tested and reported on; not used with folds"`
	Calibration float64 `param:"calibration" min:"0.001" max:"0.9" doc:"share, of what test leaves, from which thresholds are taken"`
	Validation  float64 `param:"validation" min:"0.001" max:"0.9" doc:"share, of what test leaves, on which epochs are selected"`
	Folds       int     `param:"folds" min:"0" max:"1000" doc:"cross-validation: divide into so many folds, of which one is the test part; 0 for a test part by share"`
	Fold        int     `param:"fold" min:"1" max:"1000" doc:"which of the folds is the test part"`
	Seed        int     `param:"seed" min:"0" doc:"seed of the split; 0 for the run's"`
}

// Validate refuses parameters that do not fit each other.
func (p *Params) Validate() error {
	switch {
	case p.Folds == 1:
		return errors.New("folds: want 0, or at least 2: with 1 fold nothing is left to train on")
	case p.Folds == 0 && p.Fold != 1:
		return fmt.Errorf("fold: %d is set, but folds is 0", p.Fold)
	case p.Folds > 0 && p.Fold > p.Folds:
		return fmt.Errorf("fold: %d is beyond the %d folds", p.Fold, p.Folds)
	case p.Calibration+p.Validation >= 1:
		return fmt.Errorf("calibration and validation: shares of %v and %v leave nothing to train on", p.Calibration, p.Validation)
	}
	return nil
}

// Kind returns the stage kind "split".
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name: "split",
		Doc:  "divides the probes into train, validation, calibration and test, by image, finger or subject",
		Inputs: []stage.Port{
			{Name: "labels", Doc: "labels of the gallery and the probes", Type: stage.TypeTree, Dir: true},
			{Name: "prints", Doc: "their images, in which the audit looks for equal ones", Type: stage.TypeTree, Dir: true, Optional: true},
		},
		Outputs: []stage.Port{
			{Name: "split", Doc: "train.npy, validation.npy, calibration.npy, test.npy: rows of easy + medium + hard; gallery_train.npy and so on: rows of real; all int64 (N,), ascending", Type: stage.TypeTree, Dir: true},
			{Name: "audit", Doc: "what each part has in common with the others", Type: stage.TypeJSON},
		},
		Metrics: metrics(),
		Random:  true,
	}, Params{Protocol: "image", Test: 0.1, Validation: 0.1, Calibration: 0.1, Fold: 1}, run)
}

func metrics() []stage.MetricInfo {
	return []stage.MetricInfo{
		{Name: "subjects", Title: "Subjects tested", Doc: "people with at least one probe in the test part"},
		{Name: "leak.subject", Title: "Test probes of a trained subject", Goal: stage.Minimize, Doc: "test probes of a person with a print in train"},
		{Name: "leak.finger", Title: "Test probes of a trained finger", Goal: stage.Minimize, Doc: "test probes of a finger with a print in train"},
		{Name: "leak.source", Title: "Test probes of a trained source image", Goal: stage.Minimize, Doc: "test probes altered from the same real image as a probe of train, or from an image of its gallery"},
		{Name: "leak.bytes", Title: "Test probes with equal pixels in train", Goal: stage.Minimize, Doc: "test probes whose pixels equal those of an image in train"},
	}
}

// fewSubjects is how many people a part needs at least for its figures to say
// something about other people.
const fewSubjects = 5

func run(_ context.Context, t *stage.Task, p Params) error {
	d, err := read(t)
	if err != nil {
		return err
	}
	seed := t.Seed
	if p.Seed != 0 {
		seed = uint64(p.Seed)
	}
	parts, err := d.divide(p, seed)
	if err != nil {
		return fmt.Errorf("split by %s: %w", p.Protocol, err)
	}
	dir, err := t.CreateDir("split")
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := dataset.WritePart(dir, part); err != nil {
			return err
		}
	}
	return writeAudit(t, p, d, parts)
}

// data is what the stage reads.
type data struct {
	gallery []fingerprint.Label
	probes  []impression
}

// An impression is a probe with where it comes from.
type impression struct {
	fingerprint.Label
	subset fingerprint.Subset
	row    int // of the subset
}

func read(t *stage.Task) (*data, error) {
	d := new(data)
	var err error
	if d.gallery, err = dataset.ReadLabels(t, "labels", fingerprint.Real); err != nil {
		return nil, err
	}
	for _, subset := range dataset.ProbeSubsets {
		labels, err := dataset.ReadLabels(t, "labels", subset)
		if err != nil {
			return nil, err
		}
		for i, l := range labels {
			d.probes = append(d.probes, impression{l, subset, i})
		}
	}
	return d, d.checkMates()
}

// checkMates fails if two real prints are of one finger, or a probe's finger
// has no real print: genuine pairs would be ambiguous or impossible.
func (d *data) checkMates() error {
	enrolled := make(map[fingerprint.Identity]int, len(d.gallery))
	for row, l := range d.gallery {
		if other, ok := enrolled[l.Identity()]; ok {
			return fmt.Errorf("rows %d and %d of real are both %v; keep one of the two prints", other, row, l)
		}
		enrolled[l.Identity()] = row
	}
	for _, p := range d.probes {
		if _, ok := enrolled[p.Identity()]; !ok {
			return fmt.Errorf("row %d of %s is %v, which has no real print; add it to Real or remove the altered one", p.row, p.subset, p.Label)
		}
	}
	return nil
}

// list joins words: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
