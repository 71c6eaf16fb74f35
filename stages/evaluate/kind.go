package evaluate

import (
	"context"
	"fmt"

	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
	"whorl/siamese"
)

// Params are the parameters of the stage.
type Params struct {
	Threshold  float64 `param:"threshold" min:"0" max:"1" doc:"the fixed threshold: a score of at least this is a match"`
	RankProbes int     `param:"rank_probes" min:"0" max:"1000000" doc:"probes, drawn at random, that are searched for in the gallery; 0 for all"`
	Bins       int     `param:"bins" min:"2" max:"1000" doc:"bins of the score histogram"`
	Sheet      int     `param:"sheet" min:"1" max:"50" doc:"probes, drawn at random, on the sheet of samples"`
}

// Kind returns the stage kind "evaluate".
func Kind() stage.Kind {
	return stage.Kind{
		Name: "evaluate",
		Doc:  "scores genuine and impostor pairs of unseen probes, at a fixed and at a calibrated threshold",
		Inputs: []stage.Port{
			{Name: "weights", Doc: "the trained network", Type: stage.TypeNPZ},
			{Name: "x_real", Doc: "gallery images", Type: stage.TypeNPY},
			{Name: "x_easy", Doc: "easy probes", Type: stage.TypeNPY},
			{Name: "x_medium", Doc: "medium probes", Type: stage.TypeNPY},
			{Name: "x_hard", Doc: "hard probes", Type: stage.TypeNPY},
			{Name: "y_real", Doc: "labels of x_real", Type: stage.TypeNPY},
			{Name: "y_easy", Doc: "labels of x_easy", Type: stage.TypeNPY},
			{Name: "y_medium", Doc: "labels of x_medium", Type: stage.TypeNPY},
			{Name: "y_hard", Doc: "labels of x_hard", Type: stage.TypeNPY},
			{Name: "alterations", Doc: "alteration of each probe", Type: stage.TypeJSON},
			{Name: "names", Doc: "file of each image", Type: stage.TypeJSON},
			{Name: "calibration", Doc: "probes that calibrate the threshold", Type: stage.TypeNPY},
			{Name: "validation", Doc: "probes that validate", Type: stage.TypeNPY},
			{Name: "gallery_calibration", Doc: "gallery of the calibration side", Type: stage.TypeNPY},
			{Name: "gallery_validation", Doc: "gallery of the validation side", Type: stage.TypeNPY},
		},
		Outputs: []stage.Port{
			{Name: "scores", Doc: "every validation pair: rows of probe and gallery image, whether genuine, score, difficulty, alteration, names", Type: stage.TypeCSV},
			{Name: "calibration_scores", Doc: "every calibration pair in the same form: what the calibrated threshold follows from", Type: stage.TypeCSV},
			{Name: "curves", Doc: "ROC, PR, DET and CMC curves, histogram, confusion", Type: stage.TypeCurves},
			{Name: "classes", Doc: "per-class precision, recall and F1", Type: stage.TypeJSON},
			{Name: "intervals", Doc: "95% confidence intervals of the figures of all pairs", Type: stage.TypeJSON},
			{Name: "leave_one_out", Doc: "figures of all pairs without one subject at a time: what a comparison of runs concludes about other people from", Type: leaveout.MediaType},
			{Name: "samples", Doc: "sample probes beside a matched and an unmatched real image", Type: stage.TypePNG},
		},
		Params:  Params{Threshold: 0.5, RankProbes: 500, Bins: 50, Sheet: 8},
		Random:  true,
		Variant: siamese.Variant,
		Run:     run,
	}
}

// A scorer compares probes with gallery images; see [siamese.Network].
type scorer interface {
	Score(ctx context.Context, probes, gallery siamese.Images, pairs []siamese.Pair, report func(done int)) ([]float64, error)
	Ranks(ctx context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows []int, mates []int, report func(done int)) ([]int, error)
}

var _ scorer = (*siamese.Network)(nil)

func run(ctx context.Context, t *stage.Task) error {
	network, err := readNetwork(t)
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	return evaluate(ctx, t, network)
}

func readNetwork(t *stage.Task) (*siamese.Network, error) {
	f, err := t.Open("weights")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return siamese.ReadWeights(f, info.Size())
}
