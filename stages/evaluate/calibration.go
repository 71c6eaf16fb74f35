package evaluate

import (
	"fmt"
	"math"

	"whorl/biometrics"
	"whorl/pipeline/stage"
)

// reliabilityBins is how many bins the reliability curve and the expected
// calibration error have.
const reliabilityBins = 15

// calibration is the output of that name: functions from scores to
// probabilities, fitted to the calibration pairs, and how reliable they are on
// the test pairs.
type calibration struct {
	Share       number                                 `json:"genuine_share"` // of the calibration pairs; probabilities hold for it
	Genuines    int                                    `json:"genuines"`      // calibration pairs
	Impostors   int                                    `json:"impostors"`
	Platt       biometrics.Platt                       `json:"platt"`       // of the log odds of the score
	Isotonic    biometrics.Isotonic                    `json:"isotonic"`    // of the score
	Reliability map[string][]biometrics.ReliabilityBin `json:"reliability"` // "raw", "platt", "isotonic"
}

// writeCalibration fits both calibrations and records how good raw and
// calibrated scores are as probabilities.
func (m *measurement) writeCalibration(t *stage.Task) error {
	fitted, err := m.calibration.tally.scores(everyGroup)
	if err != nil {
		return err
	}
	out := calibration{
		Share:       number(float64(fitted.Genuines()) / float64(fitted.Genuines()+fitted.Impostors())),
		Genuines:    fitted.Genuines(),
		Impostors:   fitted.Impostors(),
		Isotonic:    biometrics.FitIsotonic(fitted),
		Reliability: map[string][]biometrics.ReliabilityBin{},
	}
	odds, err := fitted.Map(clampedLogOdds)
	if err != nil {
		return err
	}
	if out.Platt, err = biometrics.FitPlatt(odds); err != nil {
		return err
	}
	for _, by := range []struct {
		name        string
		probability func(score float64) float64
	}{
		{"raw", func(score float64) float64 { return score }},
		{"platt", func(score float64) float64 { return out.Platt.Probability(clampedLogOdds(score)) }},
		{"isotonic", out.Isotonic.Probability},
	} {
		s, err := m.scores.Map(by.probability)
		if err != nil {
			return err
		}
		if out.Reliability[by.name], err = recordReliability(t, by.name, s); err != nil {
			return fmt.Errorf("calibration: %s: %w", by.name, err)
		}
	}
	return writeJSON(t, "calibration", out)
}

// recordReliability records the errors of probabilities. The log loss of the
// raw scores is among the other metrics already.
func recordReliability(t *stage.Task, name string, s *biometrics.Scores) ([]biometrics.ReliabilityBin, error) {
	prefix := name + "."
	if name == "raw" {
		prefix = ""
	}
	ece, err := s.ECE(reliabilityBins)
	if err != nil {
		return nil, err
	}
	brier, err := s.Brier()
	if err != nil {
		return nil, err
	}
	loss, err := s.LogLoss()
	if err != nil {
		return nil, err
	}
	t.Metric(prefix+"ece", ece)
	t.Metric(prefix+"brier", brier)
	if prefix != "" {
		t.Metric(prefix+"log_loss", loss)
	}
	return s.Reliability(reliabilityBins)
}

// maxLogOdds bounds log odds. A float64 cannot be nearer to 1 than by 2^-53, a
// log odds of 37, while impostors get far nearer to 0 than any threshold.
const maxLogOdds = 40

// clampedLogOdds is ln(s/(1-s)), which the network computes before its last
// sigmoid, within the bounds.
func clampedLogOdds(score float64) float64 {
	return max(-maxLogOdds, min(maxLogOdds, math.Log(score/(1-score))))
}
