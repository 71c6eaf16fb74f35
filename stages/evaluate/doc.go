// Package evaluate measures how well a trained network verifies prints that
// it has not seen.
//
// Every probe of the validation side is compared, as it is, with its own real
// print and with one impostor's. The pairs are a function of the seed alone,
// so that epochs and networks are compared on the same ones. Decisions are
// measured at a fixed threshold and at one calibrated: the threshold of equal
// error rate of the calibration side's pairs, which are made the same way. A
// sample of the probes is also searched for in the whole gallery of the side.
//
// An impostor is any other finger, as in the post, and so now and then another
// one of the same person: one in 67 by image in a gallery of 60 people, and
// more in a smaller one. Mansfield and Wayman ("Best practices in testing and
// reporting performance of biometric devices", 2002) and ISO/IEC 19795-1 leave
// such pairs out, since fingers of one person are more alike than those of
// strangers; with the names in the scores that can be done.
package evaluate
