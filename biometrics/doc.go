// Package biometrics measures how well comparison scores tell genuine pairs
// from impostor pairs, in the terms of ISO/IEC 19795-1: false match rate
// (FMR), false non-match rate (FNMR), detection error trade-off (DET), equal
// error rate (EER), cumulative match characteristic (CMC).
//
// A score says how alike two prints are: the higher, the more alike. At a
// threshold t a pair is called a match when its score is at least t.
//
// Every function is pure. Its result depends on the set of scores and not on
// their order: counts are whole numbers, and
// sums run over the distinct scores in ascending order. A figure that is
// undefined for the data at hand (the FMR of a set without impostors, the
// precision when nothing is called a match) is NaN; invalid scores
// (none, NaN, infinite) are an error of [New].
package biometrics
