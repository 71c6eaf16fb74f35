// Package sweep runs a pipeline for many configurations of its parameters, and
// decides which ones.
//
// A sweep is a YAML file:
//
//	name: ablation
//	pipeline: ../pipeline.yaml             # relative to this file
//	question: Does augmentation help?      # for people
//	set: {train.epochs: 15}                # the same for all configurations
//	baseline: {train.merge: subtract}      # run besides the others, to compare them with
//	replicates: 3                          # runs of each configuration, with the seeds 1, 2, 3
//	search:
//	  method: tpe                          # grid, list, random, halton or tpe
//	  budget: 24                           # configurations
//	  seed: 1                              # of the search
//	  ahead: 2                             # see below
//	  space:
//	    train.merge: [subtract, abs]
//	    train.lr: {min: 1e-4, max: 1e-2, scale: log}
//	    train.batch: {min: 16, max: 64, step: 16}
//	    train.schedule: [constant, step]
//	    train.schedule_every: {min: 1, max: 8, when: {train.schedule: step}}
//	objective: {metric: evaluate.eer, goal: minimize}
//	prune: {method: asha, resource: train.epochs, min: 1, max: 15, eta: 3}
//
// The short form
//
//	grid:                                  # every combination; the last key changes fastest
//	  train.merge: [subtract, abs]
//	  seed: [1, 2]                         # the replicates
//
// is a search by grid. A range without a step is a grid of 3 values, or as
// many as its "points" say, from min to max. Instead of a number, replicates
// may be {seeds: [1, 2, 3]} or {until: decided, min: 3, max: 12}, which adds
// seeds to configurations whose comparison is undecided.
//
// # Trials
//
// A run of a configuration with one seed is a trial. What trials have in common
// is computed once because the engine caches it. A file gives the same trials
// in the same order, however many run at once ([Options.Parallel]) and however
// often the sweep is interrupted: a decision waits for the results that it
// rests on. A method that uses results (tpe, and any with prune) decides job k
// from the results of jobs 1 to k-ahead. A job is a configuration on a rung,
// with all its replicates. So at most "ahead" jobs run at once, and while the
// oldest of them takes long, the others wait for it. A larger number keeps more
// cores busy and finds a little less per trial. [Options.Eager] lifts this:
// each decision then rests on all results there are at that moment, and the
// trials depend on timing.
//
// Which parameters exist, and which values they take, is the pipeline's to say;
// the package only says where in the file the trouble is.
package sweep
