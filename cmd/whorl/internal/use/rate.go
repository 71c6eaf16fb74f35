package use

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"whorl/siamese/model"
)

// A rate is a flag for a share, as a percentage or as a number: 0.1%, 0.001.
// It implements pflag.Value.
type rate float64

// Set implements pflag.Value.
func (r *rate) Set(s string) error {
	text, percent := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(text, 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x <= 1) {
		return errors.New("want a share from 0 to 1, such as 0.001 or 0.1%")
	}
	*r = rate(x)
	return nil
}

// String implements pflag.Value.
func (r *rate) String() string { return percent(float64(*r)) }

// Type implements pflag.Value.
func (r *rate) Type() string { return "rate" }

// percent writes a share with at most four significant digits.
func percent(x float64) string { return strconv.FormatFloat(100*x, 'g', 4, 64) + "%" }

// measured says a rate with its interval and the pairs behind it.
func measured(r model.Rate) string {
	if r.Pairs == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%s (%d of %d test pairs; %s interval %s to %s)",
		percent(r.Value()), r.Errors, r.Pairs, percent(r.Confidence), percent(r.Low), percent(r.High))
}

// A rateJSON is a measured rate in JSON.
type rateJSON struct {
	Value *float64 `json:"value"` // null: not measured
	model.Rate
}

func rateOf(r model.Rate) rateJSON {
	if r.Pairs == 0 {
		return rateJSON{}
	}
	v := r.Value()
	return rateJSON{&v, r}
}

// A thresholdJSON is the threshold of a decision in JSON.
type thresholdJSON struct {
	Target      *float64  `json:"target_fmr"` // null: the call gave the threshold
	Probability float64   `json:"probability"`
	Logit       *float64  `json:"logit"` // null: infinite
	FMR         *rateJSON `json:"fmr,omitempty"`
	FNMR        *rateJSON `json:"fnmr,omitempty"`
}

func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}
