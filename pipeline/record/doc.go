// Package record describes runs: the pipeline of a run, the outcome of each
// stage, and where it ran. The engine writes a [Run], the store keeps it,
// and the index, comparisons, reports and commands read it; none of them
// declares such types of its own.
//
// [Encode] and [Parse] are the format of runs/ID.json. While a run is in
// progress, its record is a sequence of lines, the [Start] and then an [Update] each, which
// [Replay] puts together.
package record
