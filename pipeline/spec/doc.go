// Package spec compiles a pipeline.yaml: it resolves every name against a
// [Registry] of kinds, checks every parameter, applies the settings that are
// given from outside, and yields a [Pipeline] of [Node] values that is ready to
// run. It executes nothing.
//
// A file or setting that is wrong is an [*Error], which lists everything that
// is wrong with file, line and column.
//
// A node has the text of its key except the content of its inputs: see
// [Node.KeyText].
package spec
