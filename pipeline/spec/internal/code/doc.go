// Package code identifies the code of a stage, so that a change of it makes
// the stage's results stale without a version number kept by hand.
//
// A program embeds the source of its module and registers it. From the name of
// a stage's function follows its package, from the package's imports all
// packages of the module that it reaches. The identity of the stage is a text
// of lines that names
//
//   - each Go file of those packages that this build compiles, with a digest
//     of its tokens: a comment, formatting, the order of imports and tests do
//     not count, directives (//go:embed, //go:build) do;
//   - each file that they embed, and each in assembly or C;
//   - each other module that they reach, with its version and checksum;
//   - the version of Go, which is that of the standard library, and the
//     architecture, since Go fuses multiplication and addition on some.
//
// It is by package, not by function. It cannot see what reaches a stage other
// than by import: a function handed over by another package at run time, a
// variable set by -ldflags -X, a program that is executed, a plugin.
package code
