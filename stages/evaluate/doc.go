// Package evaluate measures how well a trained network verifies prints that
// it has not seen.
//
// Every probe of the test part is compared with its own real print and with one
// impostor's, or with the part's whole gallery. Sampled pairs are a function of
// the seed alone, so that networks are compared on the same ones. Decisions are
// measured at a fixed threshold and at those that the pairs of the calibration
// part give, made the same way: of equal error rate, and of given false match
// rates. Probes are also searched for in the gallery.
//
// A sampled impostor is any other finger, as in the tutorial, and so now and
// then one of the same person. Mansfield and Wayman ("Best practices in testing
// and reporting performance of biometric devices", 2002) and ISO/IEC 19795-1
// leave such pairs out, since fingers of one person are more alike than those
// of strangers; with all pairs they are left out and reported apart.
package evaluate
