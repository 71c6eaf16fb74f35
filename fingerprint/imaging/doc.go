// Package imaging resizes grey fingerprint images and augments them for
// training.
//
// Images are []uint8, row by row from the top, black 0 to white 255. All
// arithmetic on pixels is in integers. Floating-point arithmetic (angles, scales,
// blur weights) is written so that no compiler may fuse it. So results have the
// same bits on every machine.
//
// A [Policy] says how probes are augmented. The augmented
// sample depends only on the policy, the seed, the epoch and the sample: an
// [Augmenter] makes them in any order; each goroutine uses a copy of its own.
package imaging
