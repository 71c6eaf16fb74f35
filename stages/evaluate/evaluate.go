package evaluate

import (
	"context"
	"fmt"

	"whorl/biometrics"
	"whorl/pipeline/stage"
	"whorl/siamese"
)

// evaluate is the stage, whatever scores the pairs.
func evaluate(ctx context.Context, t *stage.Task, network scorer) error {
	p := t.Params.(Params)
	d, err := readData(t)
	if err != nil {
		return err
	}
	defer d.Close()

	calibration, err := d.pairs(t.Seed, "calibration", d.calibration, d.galleryCalibration)
	if err != nil {
		return err
	}
	validation, err := d.pairs(t.Seed, "validation", d.validation, d.galleryValidation)
	if err != nil {
		return err
	}
	total := int64(len(calibration) + len(validation))
	score := func(phase string, pairs []siamese.Pair, before int) ([]comparison, error) {
		report := func(done int) {
			t.Progress(stage.Progress{Phase: phase, Done: int64(before + done), Total: total, Unit: "pairs"})
		}
		report(0)
		scores, err := network.Score(ctx, d.probes, d.gallery, pairs, report)
		if err != nil {
			return nil, fmt.Errorf("score the %s pairs: %w", phase, err)
		}
		return d.comparisons(pairs, scores)
	}

	calibrating, err := score("calibration", calibration, 0)
	if err != nil {
		return err
	}
	comparisons, err := score("validation", validation, len(calibration))
	if err != nil {
		return err
	}
	held, err := count(calibrating)
	if err != nil {
		return err
	}
	_, calibrated := held.EER()
	thresholds := []threshold{{"fixed", p.Threshold}, {"calibrated", calibrated}}

	t.Progress(stage.Progress{Phase: "rank", Done: total, Total: total, Unit: "pairs"})
	cmc, err := d.search(ctx, t.Seed, p.RankProbes, validation, network)
	if err != nil {
		return err
	}

	all, err := count(comparisons)
	if err != nil {
		return err
	}
	if err := recordMetrics(t, comparisons, thresholds, cmc); err != nil {
		return err
	}
	if err := writeScores(t, comparisons); err != nil {
		return err
	}
	if err := writeCurves(t, all, thresholds, p.Bins, cmc); err != nil {
		return err
	}
	if err := writeClasses(t, all, thresholds); err != nil {
		return err
	}
	return writeSheet(t, d, comparisons, calibrated, p.Sheet)
}

// A threshold is one at which decisions are measured.
type threshold struct {
	name  string
	value float64
}

// count sorts and counts the scores of comparisons, which must not be none.
func count(comparisons []comparison) (*biometrics.Scores, error) {
	score := make([]float64, len(comparisons))
	genuine := make([]bool, len(comparisons))
	for i, c := range comparisons {
		score[i], genuine[i] = c.score, c.genuine
	}
	s, err := biometrics.New(score, genuine)
	if err != nil {
		return nil, fmt.Errorf("count scores: %w", err)
	}
	return s, nil
}
