// Package staleness proves that the engine is never wrong about what is stale:
// its test replays a corpus of mutations with the real command, and after each
// compares the stages that ran with those that had to, and with what "whorl
// status" had foretold. The corpus is testdata/staleness at the top of the
// repository, one script a topic; "make staleness" prints the table.
package staleness
