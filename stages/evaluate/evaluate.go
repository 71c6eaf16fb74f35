package evaluate

import (
	"context"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// evaluate is the stage, whatever scores the pairs. The scores of a side with
// more than exact pairs are rounded: see tally.
func evaluate(ctx context.Context, t *stage.Task, p Params, network scorer, exact int) error {
	d, err := readData(t, p)
	if err != nil {
		return err
	}
	defer d.Close()
	m, err := d.compareSides(ctx, t, p, network, exact)
	if err != nil {
		return err
	}
	if err := m.measure(); err != nil {
		return err
	}
	if err := m.recordMetrics(t); err != nil {
		return err
	}
	for _, write := range []func(*stage.Task) error{
		m.writeScores, m.writeThresholds, m.writeClasses, m.writeIntervals, m.writeLeaveOneOut, m.writeCalibration, m.writeErrors,
	} {
		if err := write(t); err != nil {
			return err
		}
	}
	if err := m.writeFigures(t, p.Bins); err != nil {
		return err
	}
	return m.writeSheet(t, p.Sheet)
}

// A measurement is what the network makes of the pairs.
type measurement struct {
	data              *data
	all               bool      // each probe is compared with the whole gallery
	calibration, test *compared // comparisons of the sides
	scores            *biometrics.Scores
	cmc               []float64 // of the test side, by rank from 1 to the size of the gallery
	thresholds        []threshold
	identification    []threshold // for searches; none with sampled pairs
}

// measure counts the scores and takes the thresholds of searches from the
// calibration side.
func (m *measurement) measure() error {
	var err error
	if m.scores, err = m.test.tally.scores(everyGroup); err != nil {
		return err
	}
	if m.cmc, err = m.test.search.cmc(); err != nil {
		return err
	}
	if m.calibration.search != nil {
		m.identification, err = identificationThresholds(m.calibration.search)
	}
	return err
}
