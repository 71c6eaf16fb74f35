// Package tree gives files and directories a digest of their content.
//
// A file's digest is the SHA-256 of its bytes. A directory's is the SHA-256 of
// its [Listing]: a line of text for each file and folder below it, sorted by
// path. Symbolic links are followed, since that is what a reader sees.
//
// Digests are remembered in a [Memo] under the file's size, times and inode,
// with git's care for racy timestamps, so that scanning a directory that has
// not changed costs one lstat a file.
package tree
