//go:build !linux

package store

// unwritten cannot tell here whether somebody has the file open for writing.
func unwritten(string) error { return nil }
