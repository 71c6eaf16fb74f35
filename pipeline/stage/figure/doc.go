// Package figure describes charts that a stage declares and the report draws.
//
// A stage writes a [Set] to an output of the media type [stage.TypeFigures]. The
// report shows any such output, whatever the experiment: it draws the figures
// of the same name of several runs in one chart where their type allows that
// (curves, estimates), and beside each other where it does not.
//
// An output that is a directory holds the set in the file figures.json, and the
// images that its pairs name. Numbers are finite: JSON has neither NaN nor
// infinity, so a point that cannot be computed is left out by the stage.
package figure
