// Package command runs stages that are not Go: a shell command with named
// inputs, outputs, parameters and metrics.
//
//	fit:
//	  kind: command
//	  inputs: {code: ./fit.py, table: clean.table}
//	  params: {alpha: 0.1}
//	  cmd: "python3 {inputs.code} {inputs.table} {outputs.model} --params {params} --metrics {metrics}"
//	  outputs: {model: model.json}
//	  metrics: {file: metrics.json, series: history.csv}
//
// The command runs under sh -c in a working directory of its own, with a copy of
// each input at in/NAME/FILE there, a PATH that the key knows, a fixed umask and resource
// limits, and of the environment only what it asks for by name. Of an input's
// permissions only the one to execute counts. The command and all that it starts
// are killed when it ends, when it takes too long, when the run is interrupted,
// and when the process dies that runs it: see package isolate. Its outputs are
// taken from its working directory only, never through a link.
//
// Metrics are read from a JSON object and a CSV of series when the command has
// ended; lines that it appends to the series, and lines "whorl: progress 3/15
// loss=0.2" that it prints, are reported while it runs.
package command
