package evaluate

import (
	"context"
	"fmt"

	"whorl/pipeline/stage"
	"whorl/pipeline/stage/leaveout"
	"whorl/siamese"
	"whorl/stages/internal/prints"
)

// Params are the parameters of the stage.
type Params struct {
	Pairs      string  `param:"pairs" enum:"sampled,all" doc:"pairs that are compared: each probe with its mate and one impostor, as in the tutorial; or with the whole gallery, without other fingers of the same person"`
	Probe      string  `param:"probe" enum:"plain,augmented,partial" doc:"how probes are presented: as they are; moved and blurred by the tutorial's ranges; or that, with the middle 60% of the area visible"`
	Threshold  float64 `param:"threshold" min:"0" max:"1" doc:"the fixed threshold: a score of at least this is a match"`
	RankProbes int     `param:"rank_probes" min:"0" max:"1000000" doc:"probes, drawn at random, that are searched for in the gallery; 0 for all; with pairs all it is always all"`
	Bins       int     `param:"bins" min:"2" max:"1000" doc:"bins of the score histogram"`
	Sheet      int     `param:"sheet" min:"1" max:"50" doc:"probes, drawn at random, on the sheet of samples"`
	Seed       int     `param:"seed" min:"0" doc:"seed of the pairs, the probes' augmentation and the sheet; 0 for the run's"`
}

// all reports whether each probe is compared with the whole gallery.
func (p Params) all() bool { return p.Pairs == "all" }

// Kind returns the stage kind "evaluate".
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name:   "evaluate",
		Doc:    "scores genuine and impostor pairs of the test part, at thresholds from the calibration part",
		Inputs: append([]stage.Port{{Name: "weights", Doc: "the trained network", Type: stage.TypeNPZ}}, prints.Inputs()...),
		Outputs: []stage.Port{
			{Name: "scores", Doc: "test pairs: rows of probe and gallery image, whether genuine, score, difficulty, alteration, names; with pairs all, each probe's mate and its highest impostors", Type: stage.TypeCSV},
			{Name: "calibration_scores", Doc: "calibration pairs in the same form: thresholds follow from them", Type: stage.TypeCSV},
			{Name: "figures", Doc: "charts of the report: DET, ROC, precision-recall, CMC and reliability curves, histograms of the scores, decisions, EER by difficulty and alteration", Type: stage.TypeFigures},
			{Name: "errors", Doc: "the impostor pairs of the highest scores and the genuine pairs of the lowest, with their images", Type: stage.TypeFigures, Dir: true},
			{Name: "thresholds", Doc: "decisions on the test pairs at each threshold", Type: stage.TypeJSON},
			{Name: "classes", Doc: "per-class precision, recall and F1", Type: stage.TypeJSON},
			{Name: "intervals", Doc: "95% confidence intervals of the figures of all pairs", Type: stage.TypeJSON},
			{Name: "leave_one_out", Doc: "figures of all pairs without one subject at a time: what a comparison of runs concludes about other people from", Type: leaveout.MediaType},
			{Name: "calibration", Doc: "Platt's and isotonic calibration, with reliability curves", Type: stage.TypeJSON},
			{Name: "samples", Doc: "sample probes beside a matched and an unmatched real image", Type: stage.TypePNG},
		},
		Metrics: metrics(),
		Random:  true,
		Variant: siamese.Variant,
	}, Params{Pairs: "sampled", Probe: "plain", Threshold: 0.5, RankProbes: 500, Bins: 50, Sheet: 8}, run)
}

// A scorer compares probes with gallery images; see [siamese.Network].
type scorer interface {
	Score(ctx context.Context, probes, gallery siamese.Images, pairs []siamese.Pair, report func(done int)) ([]float64, error)
	ScoreAll(ctx context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows []int, use func(i int, scores []float64) error, report func(done int)) error
	Ranks(ctx context.Context, probes siamese.Images, rows []int, gallery siamese.Images, galleryRows []int, mates []int, report func(done int)) ([]int, error)
}

var _ scorer = (*siamese.Network)(nil)

func run(ctx context.Context, t *stage.Task, p Params) error {
	network, err := readNetwork(t)
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	return evaluate(ctx, t, p, network, exactPairs)
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
