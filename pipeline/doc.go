// Package pipeline runs experiments: directed acyclic graphs of stages whose
// results are kept by content, so that no stage is executed twice for the same
// inputs and every run can be repeated.
//
// A program registers its kinds of stages in a [Registry], loads a
// pipeline.yaml into a [Pipeline], and lets an [Engine] run it over a store:
//
//	reg := pipeline.NewRegistry()
//	err := reg.Register(ingest.Kind(), train.Kind())
//	...
//	p, err := reg.Load("pipeline.yaml", spec.Settings{Set: []string{"train.epochs=5"}})
//	...
//	st, err := store.Open("artifacts")
//	...
//	result, err := pipeline.NewEngine(st).Run(ctx, p, pipeline.Options{})
//
// A stage is found in the store by its key: the digest of a text that names
// everything its result depends on, its code included, line by line. Inputs
// count by their content: where a changed stage yields the same bytes as
// before, later stages stay cached.
//
// The engine depends on no domain. Package stage is the contract between the
// engine and the code of stages, which imports nothing else of the engine.
package pipeline
