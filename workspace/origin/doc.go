// Package origin determines where a run comes from: the machine, the versions
// of the program, and the revision of the source.
package origin
