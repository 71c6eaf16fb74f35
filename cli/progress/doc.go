// Package progress shows how far the stages of a run have come: as live lines
// on a terminal, as plain lines elsewhere.
package progress
