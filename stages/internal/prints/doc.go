// Package prints reads the artifacts "prints", "labels" and "split" together,
// in the form in which a network is trained and evaluated on them.
package prints
