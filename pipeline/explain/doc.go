// Package explain says what a run of a pipeline would do and why ([Status],
// [Why]), and how two runs differ ([Diff]). It executes no stage and
// writes only the memo of source files.
//
// What a stage depends on is the text of its key. An explanation compares that
// text, line by line, with the text of an earlier execution: by default of the
// one with the fewest differing lines.
package explain
