// Package workspace joins the store of artifacts, the engine and the index of
// runs in one directory. It is what commands, tests and other programs use to
// run pipelines and to ask about runs:
//
//	w, err := workspace.Open(ctx, "artifacts", workspace.Options{})
//	...
//	defer w.Close()
//	run, err := w.Run(ctx, p, pipeline.Options{})
//
// Before each answer a workspace records the runs of dead processes as failed
// and updates its index from the records. The index can be deleted, damaged,
// locked or unwritable at any time: a notice says so, and answers come from the
// records.
package workspace
