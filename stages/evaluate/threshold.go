package evaluate

import (
	"fmt"

	"whorl/pipeline/stage"
)

// A threshold is one at which decisions are measured.
type threshold struct {
	name  string
	value float64
	brief bool // FMR and FNMR are recorded, and no other figures
}

// prefix is what the names of the metrics at the threshold begin with.
func (th threshold) prefix() string {
	if th.name == "fixed" {
		return ""
	}
	return th.name + "."
}

// falseMatchRates are the rates, one in so many pairs, that thresholds are
// calibrated for, under the names that FVC2002 gave them (Maio et al., "FVC2002:
// Second Fingerprint Verification Competition", ICPR 2002): FMR100 is 1%.
var falseMatchRates = []int{100, 1000, 10000}

// falsePositiveRates are the same for the false positive identification rate of
// searches.
var falsePositiveRates = []int{10, 100}

// thresholdsFrom returns the fixed threshold and those that the calibration
// pairs give: of equal error rate, and for each of the false match rates. Where
// scores are rounded the latter lie above all that is rounded to the highest
// score that must not match.
func thresholdsFrom(t *stage.Task, fixed float64, of *tally) ([]threshold, error) {
	calibration, err := of.scores(everyGroup)
	if err != nil {
		return nil, err
	}
	_, equal := calibration.EER()
	all := []threshold{{"fixed", fixed, false}, {"calibrated", equal, false}}
	for _, in := range falseMatchRates {
		all = append(all, threshold{fmt.Sprintf("fmr%d", in), of.fine.above(calibration.AtFMR(1 / float64(in))), true})
		if n := calibration.Impostors(); n < in {
			t.Logf("fmr%d: %d impostor pairs calibrate, too few for a rate of 1 in %d: the threshold lies just above the highest of them", in, n, in)
		}
	}
	return all, nil
}

func identificationThresholds(calibration *search) ([]threshold, error) {
	var all []threshold
	for _, in := range falsePositiveRates {
		at, err := calibration.thresholdAt(1 / float64(in))
		if err != nil {
			return nil, fmt.Errorf("identification threshold: %w", err)
		}
		all = append(all, threshold{fmt.Sprintf("fpir%d", in), at, true})
	}
	return all, nil
}
