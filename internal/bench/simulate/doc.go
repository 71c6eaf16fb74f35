// Simulate measures what the statistics of package compare and the intervals of
// package biometrics are worth: scores with known truth, clustered by subject
// and with seed effects as large as those that were measured, are drawn many
// times, and the program counts how often an interval holds the truth and how
// often equal configurations are called different.
//
// Usage:
//
//	go run ./internal/bench/simulate [-sweeps 1000] [-part sweeps|sequential|intervals]
//
// "make simulate" runs all of it (an hour on two cores). Every figure depends on
// the seeds in the source alone. The tests of this package are the short form.
package main
