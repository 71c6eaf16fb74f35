// Package track is an index in SQLite of the runs that a store has records of:
// it lists them, finds the values of a metric over many runs, and answers those
// who ask in SQL:
//
//	sqlite3 artifacts/runs.db "SELECT run, value FROM run_metrics WHERE stage = 'evaluate' AND name = 'eer'"
//
// The views run_params, run_stages, run_metrics, run_artifacts and
// configurations are for them.
//
// Nothing is only in the index. [Index.Sync] makes it say what the records say;
// it can be deleted at any time, and one of another version is made again.
// That is why it runs with synchronous=NORMAL: a power loss may cost the last
// transactions, never the database. [InMemory] makes an index that is kept
// nowhere, for when the file cannot be used.
//
// Any number of processes may use one index at a time. Each has one connection
// for writing, whose transactions take the write lock at their start and wait
// for each other, and a pool for reading, which never waits.
package track
