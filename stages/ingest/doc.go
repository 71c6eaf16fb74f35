// Package ingest is the stage that turns a folder of fingerprint images into
// arrays: it decodes the bitmaps of a data set in SOCOFing's layout to grey,
// resizes them and writes one .npy array for each subset, the name of the file
// behind each row, and the files that it refused.
//
// Rows are in byte order of the files' names. A file that is not a print of
// the data set is refused with a reason. Refused files fail the stage, or are
// left out and recorded, as the parameter on_reject says. Files that operating
// systems add to folders (names that begin with a dot, Thumbs.db, desktop.ini)
// are ignored.
//
// Rows go to disk as they are decoded, a batch at a time on all cores: memory
// does not grow with the number of images.
package ingest
