// Package gather is the stage that brings the outputs of the items of a foreach
// stage together: one directory for each output, with an entry for each item.
//
// The name of an input is the path at which it is placed below the task's
// OutDir, such as "model/0001-alice.json". A further output, items.json, lists
// the items in their order with their parameters.
package gather
