// Package split divides the probes into the parts train, validation,
// calibration and test, and says which gallery images each part may be
// compared with.
//
// The network learns from train; its epochs are selected on validation;
// thresholds come from calibration; figures are reported of test. The outer
// division, 90% against the 10% of test, is the tutorial's. Calibration and
// validation are taken from the 90%.
//
// The protocol "image" draws probes, as the tutorial does: prints of one finger
// are in several parts, and every part has the whole gallery. The protocol
// "finger" draws fingers, so that no finger is in two parts, and "subject"
// draws people, so that nobody is in two parts: then the figures are those of
// strangers. With folds the test part is one of k folds, and over all folds
// each probe, finger or subject is tested once.
//
// The output "audit" counts what the parts have in common.
package split
