// Package rows deals with rows of the image arrays: the labels of all of
// them, selections of some, and random draws from those.
package rows
