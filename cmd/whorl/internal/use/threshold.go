package use

import (
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/siamese/model"
	"whorl/verifier"
)

// defaultRate is the false match rate whose threshold is used.
const defaultRate = 0.001

// thresholdFlags say which threshold decides.
type thresholdFlags struct {
	rate        rate
	probability rate
	cmd         *cobra.Command
}

func (f *thresholdFlags) add(c *cobra.Command) {
	f.cmd, f.rate = c, defaultRate
	c.Flags().Var(&f.rate, "fmr", "decide at the threshold calibrated for this false match rate, `RATE`")
	c.Flags().Var(&f.probability, "threshold", "decide at this `PROBABILITY`, 0 to 1, instead")
}

// A decision is the threshold at which a call decides.
type decision struct {
	model.Threshold
	given       bool    // by --threshold, so that no rate is known
	probability float64 // of the threshold
}

// choose returns the threshold that the flags name.
func (f *thresholdFlags) choose(v *verifier.Verifier) (decision, error) {
	if f.cmd.Flags().Changed("threshold") {
		if f.cmd.Flags().Changed("fmr") {
			return decision{}, cli.Usagef("--fmr and --threshold exclude each other")
		}
		p := float64(f.probability)
		z := math.Log(p / (1 - p)) // infinite at 0 and 1
		if c := v.Model().Metadata.Calibration; c != nil {
			z = (z - c.Offset) / c.Slope
		}
		return decision{model.Threshold{Logit: z}, true, p}, nil
	}
	t, err := v.Model().Threshold(float64(f.rate))
	if err != nil {
		return decision{}, cli.Usagef("--fmr %s: %w", f.rate.String(), err)
	}
	return decision{t, false, v.Model().Probability(t.Logit)}, nil
}

// write says the threshold and what is known of it.
func (d decision) write(w io.Writer) {
	if d.given {
		fmt.Fprintf(w, "threshold    %.6f, as given: its error rates were not measured\n", d.probability)
		return
	}
	fmt.Fprintf(w, "threshold    %.6f, calibrated for an FMR of %s\n", d.probability, percent(d.Target))
	fmt.Fprintf(w, "  FMR        %s\n", measured(d.FMR))
	fmt.Fprintf(w, "  FNMR       %s\n", measured(d.FNMR))
	if d.Few() {
		fmt.Fprintf(w, "  note       only %d impostor pairs calibrated it, too few for %s: it lies just above the highest of them\n", d.Impostors, percent(d.Target))
	}
}

func (d decision) json() thresholdJSON {
	out := thresholdJSON{Probability: d.probability, Logit: finite(d.Logit)}
	if !d.given {
		fmr, fnmr := rateOf(d.FMR), rateOf(d.FNMR)
		out.Target, out.FMR, out.FNMR = &d.Target, &fmr, &fnmr
	}
	return out
}
