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
// of its inputs in the folder "in" there, a fixed PATH, umask and resource
// limits, and of the environment only what it asks for by name. Of an input's
// permissions only the one to execute counts. The command and all that it starts
// are killed when it ends, when it takes too long, when the run is interrupted,
// and when the process dies that runs it: see package isolate. Its outputs are
// taken from its working directory only, never through a link.
package command
