package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"whorl/pipeline/stage"
	"whorl/siamese/model"
)

// thresholds is what the stage reads of evaluate's output of that name.
type thresholds struct {
	Operating []operating `json:"operating"`
}

// An operating point says what came of the test pairs at a threshold. The
// threshold is null if it is infinite.
type operating struct {
	Name      string   `json:"name"`
	Threshold *float64 `json:"threshold"`
	TP        int      `json:"tp"`
	FP        int      `json:"fp"`
	TN        int      `json:"tn"`
	FN        int      `json:"fn"`
}

// intervals is what the stage reads of evaluate's output of that name.
type intervals struct {
	Confidence float64             `json:"confidence"`
	Figures    map[string]interval `json:"figures"`
}

type interval struct {
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// calibration is what the stage reads of evaluate's output of that name.
type calibration struct {
	Impostors int `json:"impostors"`
	Platt     struct {
		Slope     float64 `json:"slope"`
		Intercept float64 `json:"intercept"`
	} `json:"platt"`
}

// audit is what the stage reads of split's output of that name.
type audit struct {
	Protocol string `json:"protocol"`
}

// metadata puts together what the evaluation says of the network.
func (in *inputs) metadata(t *stage.Task) (model.Metadata, error) {
	meta := model.Metadata{Inputs: in.digests, Thresholds: []model.Threshold{}}
	if in.audit.Protocol != "" {
		meta.Labels = map[string]string{"protocol": in.audit.Protocol}
	}
	if p := in.calibration.Platt; p.Slope > 0 {
		meta.Calibration = &model.Calibration{Slope: p.Slope, Offset: p.Intercept}
	} else {
		t.Logf("no calibration: higher scores are no more likely to be of genuine pairs (Platt's slope is %.3g)", p.Slope)
	}
	for _, o := range in.thresholds.Operating {
		var one int
		if n, err := fmt.Sscanf(o.Name, "fmr%d", &one); n != 1 || err != nil || one < 1 {
			continue // not for a false match rate
		}
		logit, ok := o.logit()
		if !ok {
			t.Logf("%s: no threshold: the network cannot tell the highest impostor pairs apart", o.Name)
			continue
		}
		th := model.Threshold{Target: 1 / float64(one), Logit: logit, Impostors: in.calibration.Impostors}
		var err error
		if th.FMR, err = in.rate(o.Name+".fmr", o.FP, o.FP+o.TN); err != nil {
			return meta, err
		}
		if th.FNMR, err = in.rate(o.Name+".fnmr", o.FN, o.FN+o.TP); err != nil {
			return meta, err
		}
		meta.Thresholds = append(meta.Thresholds, th)
	}
	slices.SortFunc(meta.Thresholds, func(a, b model.Threshold) int { return cmp.Compare(a.Target, b.Target) })
	return meta, nil
}

// rate is a measured error rate with its interval.
func (in *inputs) rate(figure string, errors, pairs int) (model.Rate, error) {
	if pairs == 0 {
		return model.Rate{}, nil
	}
	ci, ok := in.intervals.Figures[figure]
	if !ok || ci.Low == nil || ci.High == nil {
		return model.Rate{}, fmt.Errorf("read intervals: no interval of %s: are thresholds and intervals of one evaluation?", figure)
	}
	return model.Rate{Errors: errors, Pairs: pairs, Low: *ci.Low, High: *ci.High, Confidence: in.intervals.Confidence}, nil
}

// saturated is the lowest logit whose sigmoid is 1 in float64.
const saturated = 54 * math.Ln2

// logit is the threshold as a logit; ok is false if none is that high or that
// low.
func (o operating) logit() (z float64, ok bool) {
	switch {
	case o.Threshold == nil || *o.Threshold <= 0 || *o.Threshold > 1:
		return 0, false
	case *o.Threshold == 1:
		return saturated, true
	default:
		return math.Log(*o.Threshold / (1 - *o.Threshold)), true
	}
}
