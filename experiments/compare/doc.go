// Package compare says what differs between runs and whether it matters.
//
// Runs that differ in nothing but their seed are replicates: what a metric
// varies between them is the luck of the draw, and one configuration is better
// than another only if it is so beyond that. A comparison therefore gives the
// difference of two groups of replicates with its confidence interval, and how
// many replicates that rests on. Where both groups have runs of the same seeds
// those are compared in pairs, since a seed decides the split of the data and
// with it much of what a metric comes to.
//
// A run is a pure function of its parameters and its seed, so a second run of
// both is no second observation; it is left out.
package compare
