// Package split divides the probes into those that train, those that
// calibrate the threshold and those that validate, and says which gallery
// images each side may be compared with.
//
// By protocol "image" the probes are drawn at random, as the blog post does:
// prints of one finger come to lie on several sides, and every side has the
// whole gallery. By protocol "subject" the people are drawn, so that nobody
// is on two sides: what is measured then is how prints of strangers fare.
package split
