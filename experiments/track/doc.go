// Package track is an index in SQLite of the run records of a store. It lists
// runs, finds the values of a metric over many runs, and can be read with SQL:
//
//	sqlite3 artifacts/runs.db "SELECT run, value FROM run_metrics WHERE stage = 'evaluate' AND name = 'eer'"
//
// The views run_params, run_stages, run_metrics, run_artifacts and
// configurations are for such readers.
//
// The index holds only copies of records. [Index.Sync] updates it from them; it
// can be deleted at any time, and an index of another version is made again.
// Therefore it runs with synchronous=NORMAL: a power loss may undo the last
// transactions, but does not damage the database. [InMemory] makes an index in
// memory, for use where the file cannot be used.
//
// Any number of processes may use one index at a time. Each has one connection
// for writing, whose transactions take the write lock at their start and wait
// for each other, and a pool for reading, which never waits.
package track
