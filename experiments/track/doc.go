// Package track records runs in SQLite and answers questions about them.
//
// What is recorded: each run with its command, pipeline, source revision,
// machine and versions; every resolved parameter; every metric with its step;
// every execution of a stage with its key and whether it was cached; every
// artifact with its digest. Nothing is only here: the database is an index
// over what the engine keeps in the artifact store, and [DB.Rebuild] makes it
// anew from there. That is why it runs with synchronous=NORMAL: a power loss
// may cost the last transactions, never the database.
//
// The views run_params, run_stages, run_metrics and run_artifacts are for those
// who ask in SQL:
//
//	sqlite3 artifacts/runs.db "SELECT run, value FROM run_metrics WHERE stage = 'evaluate' AND name = 'eer'"
//
// Any number of processes may record into one database at a time. Each has one
// connection for writing, whose transactions take the write lock at their
// start and wait for each other, and a pool for reading, which never waits.
//
// A run belongs to the process that records it, which holds a lock (flock) on
// RUNS.db-live/ID from before the run can be seen until after its end is
// recorded. The kernel drops the lock when the process dies, however that
// happens, so "running" without the lock means that nobody is left to finish
// the run; [Open] marks such runs as failed. Process ids were not chosen: they
// are reused, and mean nothing in another container that shares the directory.
package track
