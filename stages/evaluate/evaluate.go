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
	m, err := measure(ctx, t, d, network)
	if err != nil {
		return err
	}
	if err := recordMetrics(t, m); err != nil {
		return err
	}
	if err := writeScores(t, "scores", m.comparisons); err != nil {
		return err
	}
	if err := writeScores(t, "calibration_scores", m.calibrating); err != nil {
		return err
	}
	if err := writeCurves(t, m, p.Bins); err != nil {
		return err
	}
	if err := writeClasses(t, m); err != nil {
		return err
	}
	if err := writeIntervals(t, m); err != nil {
		return err
	}
	if err := writeLeaveOneOut(t, m); err != nil {
		return err
	}
	return writeSheet(t, d, m, p.Sheet)
}

// A measurement is what the network made of the validation side.
type measurement struct {
	calibrating []comparison       // of the calibration side
	comparisons []comparison       // of the validation side
	scores      *biometrics.Scores // of the comparisons
	fixed       float64            // threshold
	calibrated  float64            // threshold
	searches    int                // of the gallery
	cmc         []float64          // by rank, from 1 to the size of the gallery
}

// A threshold is one at which decisions are measured.
type threshold struct {
	name  string
	value float64
}

// prefix is what the names of the metrics at the threshold begin with.
func (th threshold) prefix() string {
	if th.name == "fixed" {
		return ""
	}
	return th.name + "."
}

func (m *measurement) thresholds() []threshold {
	return []threshold{{"fixed", m.fixed}, {"calibrated", m.calibrated}}
}

// measure scores the pairs of both sides and searches the gallery.
func measure(ctx context.Context, t *stage.Task, d *data, network scorer) (*measurement, error) {
	p := t.Params.(Params)
	calibration, err := d.pairs(t.Seed, "calibration", d.calibration, d.galleryCalibration)
	if err != nil {
		return nil, err
	}
	validation, err := d.pairs(t.Seed, "validation", d.validation, d.galleryValidation)
	if err != nil {
		return nil, err
	}
	searches := d.searches(t.Seed, p.RankProbes, validation)

	// A probe is done with both of its pairs, and once more with its search.
	total := len(d.calibration) + len(d.validation) + len(searches)
	progress := func(phase string, done int) {
		t.Progress(stage.Progress{Phase: phase, Done: int64(done), Total: int64(total), Unit: "probes"})
	}
	score := func(phase string, pairs []siamese.Pair, before int) ([]comparison, error) {
		progress(phase, before)
		scores, err := network.Score(ctx, d.probes, d.gallery, pairs, func(done int) { progress(phase, before+done/2) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", phase, err)
		}
		return d.comparisons(pairs, scores)
	}
	m := &measurement{fixed: p.Threshold, searches: len(searches)}
	if m.calibrating, err = score("calibration", calibration, 0); err != nil {
		return nil, err
	}
	held, err := count(m.calibrating)
	if err != nil {
		return nil, err
	}
	_, m.calibrated = held.EER()
	if m.comparisons, err = score("validation", validation, len(d.calibration)); err != nil {
		return nil, err
	}
	if m.scores, err = count(m.comparisons); err != nil {
		return nil, err
	}
	progress("rank", total-len(searches))
	m.cmc, err = d.search(ctx, searches, network, func(done int) {
		progress("rank", total-len(searches)+done/len(d.galleryValidation))
	})
	return m, err
}

// count sorts and counts the scores of comparisons, which must not be none.
func count(comparisons []comparison) (*biometrics.Scores, error) {
	s, err := biometrics.New(scoresAndTruth(comparisons))
	if err != nil {
		return nil, fmt.Errorf("count scores: %w", err)
	}
	return s, nil
}

func scoresAndTruth(comparisons []comparison) (score []float64, genuine []bool) {
	for _, c := range comparisons {
		score, genuine = append(score, c.score), append(genuine, c.genuine)
	}
	return score, genuine
}
