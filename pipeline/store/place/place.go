// Package place copies files and directories to where somebody may do with
// them as he likes: by reflink where the file system can share blocks, else
// byte by byte, never by a link through which an edit could reach the original.
package place

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Copy copies a file or directory to a path that does not exist yet.
func Copy(ctx context.Context, from, to string) error { return place(ctx, from, to, 0o200) }

// ReadOnly is Copy, and nothing of the copy is writable.
func ReadOnly(ctx context.Context, from, to string) error { return place(ctx, from, to, 0) }

func place(ctx context.Context, from, to string, write os.FileMode) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	mode := 0o444 | write
	if info.Mode()&0o100 != 0 { // the only permission that is part of content
		mode |= 0o111
	}
	if !info.IsDir() {
		return file(ctx, from, to, mode)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return err
	}
	for _, e := range entries {
		if err := place(ctx, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), write); err != nil {
			return err
		}
	}
	return os.Chmod(to, mode|0o111)
}

func file(ctx context.Context, from, to string, mode os.FileMode) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err = clone(dst, src); err != nil {
		err = transfer(ctx, dst, src)
	}
	if err := errors.Join(err, dst.Chmod(mode), dst.Close()); err != nil {
		os.Remove(to)
		return fmt.Errorf("copy %s to %s: %w", from, to, err)
	}
	return nil
}

// transfer copies in pieces, between which it looks whether it is to stop.
func transfer(ctx context.Context, dst io.Writer, src io.Reader) error {
	const piece = 16 << 20
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.CopyN(dst, src, piece); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
