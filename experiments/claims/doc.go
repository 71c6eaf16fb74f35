// Package claims binds the numbers of a paper or README to recorded runs.
//
// claims.yaml maps names to claims, each of one of three forms:
//
//	eer_tutorial:            # a value: a statistic of a metric over the runs of a sweep, or of one run of a pipeline
//	  sweep: tutorial
//	  where: train.merge = abs
//	  metric: evaluate.eer
//	  statistic: median      # mean, median, min or max
//	  within: [0.004, 0.014]
//	abs_better:              # a verdict
//	  compare: ["ablation:train.merge=abs", "ablation:train.merge=subtract"]
//	  metric: evaluate.eer
//	  expect: better         # worse, or no difference shown
//	step_time:               # a quote: a figure that cannot be recomputed here
//	  quote: 16.4 ms
//	  source: make bench on a Zen 4, 2026-11-24
//
// A sweep is a file, or the name of one: NAME.yaml or experiments/NAME.yaml
// beside claims.yaml. A claim may name the data that it needs, and the document
// in which its text stands.
//
// [Parse] reads the file and finds all its errors, [Value.Check] and
// [Verdict.Check] compare, and [Write] makes macros of the results. Running
// sweeps is the caller's.
package claims
