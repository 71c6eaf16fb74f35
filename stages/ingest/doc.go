// Package ingest is the stage that turns a folder of fingerprint images into
// arrays: it decodes the bitmaps of a data set in SOCOFing's layout to grey,
// resizes them and writes one .npy array a subset, with the name of the file
// behind each row.
//
// Rows are in byte order of the files' names. Files that do not belong are
// refused, each with its reason: all of them fail the stage, or are left out
// and recorded, as the parameter on_reject says. What operating systems leave
// in folders (names that begin with a dot, Thumbs.db, desktop.ini) is passed
// over.
//
// Rows go to disk as they are decoded, a batch at a time on all cores: memory
// does not grow with the number of images.
package ingest
