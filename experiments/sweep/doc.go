// Package sweep runs a pipeline once for each point of a grid of parameters.
//
// A sweep is a YAML file:
//
//	name: ablation
//	pipeline: ../pipeline.yaml      # relative to this file
//	set:                            # the same for all trials
//	  train.epochs: 15
//	grid:                           # every combination; the last key changes fastest
//	  train.merge: [subtract, abs]
//	  augment.policy: [none, post]
//	  seed: [1, 2]                  # the run's
//
// Each combination is a trial, and each trial an ordinary run: what trials
// have in common is computed once because the engine caches it, and a sweep
// that was interrupted goes on where it was when it is started again. Which
// parameters exist, and which values they take, is the pipeline's to say; the
// package only says where in the file the trouble is.
package sweep
