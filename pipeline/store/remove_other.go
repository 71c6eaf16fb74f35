//go:build !linux

package store

import "io/fs"

func unprotect(string, fs.DirEntry) {}
