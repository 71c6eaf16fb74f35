// Package command runs stages that are not Go: a shell command with named
// inputs and outputs.
//
//	count:
//	  kind: command
//	  inputs: {dir: ./in}
//	  params: {pattern: whorl}
//	  cmd: "grep -rc {params.pattern} {inputs.dir} > {outputs.counts}"
//	  outputs: {counts: counts.txt}
//
// The command runs under sh -c in a working directory of its own, with copies
// of its inputs in the folder "in" there, a fixed PATH, and of the environment only what it asks for by
// name. It and all that it starts are killed when it ends, when it takes too
// long, when the run is interrupted, and when whorl itself dies.
package command
