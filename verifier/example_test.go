package verifier_test

import (
	"context"
	"fmt"
	"log"

	"whorl/verifier"
)

// Two prints are compared, and one is looked for in a gallery.
func Example() {
	ctx := context.Background()
	v, err := verifier.Open("model.whorl")
	if err != nil {
		log.Fatal(err)
	}
	threshold, err := v.Model().Threshold(0.001) // a false match rate of 0.1%
	if err != nil {
		log.Fatal(err)
	}
	probe, err := verifier.ReadPrint("probe.png") // fails if it is no print
	if err != nil {
		log.Fatal(err)
	}
	reference, err := verifier.ReadPrint("reference.bmp")
	if err != nil {
		log.Fatal(err)
	}
	result, err := v.Compare(ctx, probe, reference)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("probability %.3f, match %v\n", result.Probability, result.Match(threshold))
}
