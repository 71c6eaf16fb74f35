package biometrics_test

import (
	"fmt"

	"whorl/biometrics"
)

// A threshold is calibrated on some pairs and judged on others.
func Example() {
	held, err := biometrics.New(
		[]float64{0.95, 0.80, 0.40, 0.30, 0.10},
		[]bool{true, true, true, false, false})
	if err != nil {
		panic(err)
	}
	eer, threshold := held.EER()
	fmt.Printf("calibrated: EER %.2f at %.2f\n", eer, threshold)

	unseen, err := biometrics.New(
		[]float64{0.90, 0.60, 0.20, 0.70, 0.20, 0.05},
		[]bool{true, true, true, false, false, false})
	if err != nil {
		panic(err)
	}
	c := unseen.At(threshold)
	fmt.Printf("unseen: AUC %.3f, FMR %.2f, FNMR %.2f\n", unseen.AUC(), c.FMR(), c.FNMR())

	ci, err := biometrics.Wilson(c.FP, unseen.Impostors(), 0.95)
	if err != nil {
		panic(err)
	}
	fmt.Printf("FMR within %.2f..%.2f at 95%% confidence\n", ci.Low, ci.High)
	// Output:
	// calibrated: EER 0.00 at 0.35
	// unseen: AUC 0.722, FMR 0.33, FNMR 0.33
	// FMR within 0.06..0.79 at 95% confidence
}
