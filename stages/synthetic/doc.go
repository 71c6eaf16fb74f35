// Package synthetic is the data source "synthetic": prints that belong to
// nobody, so that an experiment runs without a download. It has no inputs, and
// its seed is a parameter of its own: the seed of a run never changes the data.
package synthetic
