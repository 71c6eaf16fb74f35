// Package imaging resizes grey fingerprint images and augments them for
// training.
//
// Images are []uint8, row by row from the top, black 0 to white 255. All
// arithmetic on pixels is in integers, and what floating point there is (angles,
// scales, blur weights) is written so that no compiler may fuse it: results are
// the same bits on every machine.
//
// A [Policy] says how probes are augmented. What becomes of a sample depends
// on the policy, the seed, the epoch and the sample alone: an [Augmenter] may
// be asked for any of them in any order, from any goroutine's own copy.
package imaging
