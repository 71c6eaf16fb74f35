package use

import (
	"fmt"
	"image"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/fingerprint/quality"
	"whorl/verifier"
)

// noMatch is the exit code of a comparison that is no match.
const noMatch = 3

// Verify returns the verb verify.
func Verify(env *cli.Env) *cobra.Command {
	var flags struct {
		model     modelFlag
		threshold thresholdFlags
		json      bool
		picture   string
	}
	c := &cobra.Command{
		Use:   "verify A B",
		Short: "Decide whether two prints are of one finger",
		Long: `verify compares the prints in two image files (BMP, PNG, JPEG or TIFF, of any
size) by a trained network. It prints the probability that both are of one
finger, the decision, and the threshold with the error rates that were measured
at it. The probability is calibrated, for pairs of which as many are genuine as
were among the calibration pairs. All genuine pairs of SOCOFing share their
pixels: the rates say nothing about a second impression of a finger.

An image that shows no fingerprint is refused.

Exit codes: 0 match; 3 no match; 1 something went wrong; 2 usage error, also a
file that is not a print or not a model.`,
		Example: `  {app} verify a.png b.bmp
  {app} verify a.png b.png --fmr 1% --json
  {app} verify a.png b.png --model last~1 -o pair.png`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			v, err := flags.model.verifier(ctx)
			if err != nil {
				return err
			}
			d, err := flags.threshold.choose(v)
			if err != nil {
				return err
			}
			var prints [2]*image.Gray
			var seen [2]quality.Report
			for i, path := range args {
				if prints[i], seen[i], err = readPrint(path); err != nil {
					return err
				}
			}
			result, err := v.Compare(ctx, prints[0], prints[1])
			if err != nil {
				return err
			}
			match := result.Match(d.Threshold)
			if flags.picture != "" {
				if err := savePair(flags.picture, prints, result.Probability, match); err != nil {
					return err
				}
			}
			if flags.json {
				err = env.WriteJSON(verification{args[0], args[1], match, result, d.json(), seen, v.Model().Digest()})
			} else {
				fmt.Fprintf(env.Stdout, "%s\nprobability  %.6f\n", outcome(match), result.Probability)
				d.write(env.Stdout)
				_, err = fmt.Fprintf(env.Stdout, "ridges       %s and %s of the images\n", percent(seen[0].Ridges), percent(seen[1].Ridges))
			}
			if err == nil && !match {
				err = cli.ExitError{Code: noMatch}
			}
			return err
		},
	}
	flags.model.add(env, c)
	flags.threshold.add(c)
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	c.Flags().StringVarP(&flags.picture, "output", "o", "", "draw both prints and the decision into this PNG `FILE`")
	return c
}

// verification is what "verify --json" prints.
type verification struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Match bool   `json:"match"`
	verifier.Result
	Threshold thresholdJSON     `json:"threshold"`
	Quality   [2]quality.Report `json:"quality"`
	Network   string            `json:"network_sha256"`
}

func outcome(match bool) string {
	if match {
		return "match"
	}
	return "no match"
}

// readPrint reads the image of a print and measures its quality.
func readPrint(path string) (*image.Gray, quality.Report, error) {
	g, err := verifier.ReadPrint(path)
	if err != nil {
		return nil, quality.Report{}, usage(err)
	}
	return g, quality.Measure(g), nil
}
