// Package leaveout is the artifact by which a stage says how much its metrics
// depend on each unit of its data, such as a test subject: every metric without
// one unit at a time. From it a comparison of runs tells what holds for other
// units than those that were tested (the jackknife, Tukey 1958).
//
// A stage of any experiment may write one, to an output of the media type
// [MediaType], as JSON:
//
//	{"version": 1, "unit": "subject", "units": ["12", "40"],
//	 "metrics": {"eer": [0.031, 0.028], "roc_auc": [0.991, 0.992]}}
//
// The names of the metrics are those that the stage records. Value i of a metric
// is what it would be without unit i. A metric that is undefined without one of
// the units is left out.
package leaveout
