// Package search decides which configuration a sweep tries next, and how far
// it takes it.
//
// A [Planner] is asked for jobs and told what they came to. Each decision is a
// function of the definition and of the results of a fixed number of jobs
// before it, so the jobs and their order do not depend on how many run at
// once, on how long each takes, or on whether the sweep was interrupted. The
// package does no I/O; it reads no clock and starts no goroutine.
//
// Values are minimized. A job that failed has the value +Inf.
package search
