// Package space describes which parameters a search varies, over which values,
// and under which conditions.
//
// A [Point] gives each parameter a number: the value of a range, or the index
// of a category. A parameter whose conditions do not hold is not part of the
// configuration; its number is NaN. The package does no I/O, and everything in
// it is a function of its arguments.
package space
