// Package evaluate measures how well a trained network verifies prints that
// it has not seen.
//
// Every probe of the validation side is compared, as it is, with its own real
// print and with one impostor's. The pairs are a function of the seed alone,
// so that epochs and networks are compared on the same ones. Decisions are
// measured at a fixed threshold and at one calibrated: the threshold of equal
// error rate of the calibration side's pairs, which are made the same way. A
// sample of the probes is also searched for in the whole gallery of the side.
package evaluate
