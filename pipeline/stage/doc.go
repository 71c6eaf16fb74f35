// Package stage is the contract between the engine and the code of a stage.
//
// A stage is a deterministic function from named input artifacts and
// parameters to named output artifacts. Its code sees a [Task] and nothing
// else: no clock, environment variable, absolute path or database handle may
// reach its result. Whatever is written through the task is content-hashed by
// the engine and kept under a key, so that the same work is never done twice.
//
// This is the only package of the engine that stage code imports, and so the
// only one whose change makes every stage stale.
package stage
