package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"whorl/pipeline/store/place"
)

// copyOut copies a file or directory of the store as a whole: to dst; under the
// given name into dst, if that ends in a slash or a file is copied and dst is a
// directory; or to standard output if dst is "-". It replaces a file, not a
// directory.
func copyOut(ctx context.Context, env *Env, from, name, dst string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	switch {
	case dst == "-":
		return writeOut(env.Bytes, from, info.IsDir())
	case isDevice(dst):
		return writeDevice(dst, func(w io.Writer) error { return writeOut(w, from, info.IsDir()) })
	}
	into := strings.HasSuffix(dst, "/")
	if into {
		if err := os.MkdirAll(dst, 0o777); err != nil {
			return UsageError{fmt.Errorf("-o %s: %w", dst, err)}
		}
	}
	if there, err := os.Stat(dst); err == nil && there.IsDir() && (into || !info.IsDir()) {
		dst = filepath.Join(dst, name)
	}
	if there, err := os.Lstat(dst); err == nil && (info.IsDir() || there.IsDir()) {
		return Usagef("%s exists: name another with -o", dst)
	}
	parent := filepath.Dir(dst)
	if there, err := os.Stat(parent); err != nil || !there.IsDir() {
		return Usagef("-o %s: directory %s does not exist", dst, parent)
	}
	tmp, err := os.MkdirTemp(parent, ".copy-*")
	if err != nil {
		return fmt.Errorf("-o %s: %w", dst, err)
	}
	defer os.RemoveAll(tmp)
	copied := filepath.Join(tmp, "copy")
	if err := place.Copy(ctx, from, copied); err != nil {
		return fmt.Errorf("copy to %s: %w", dst, err)
	}
	return os.Rename(copied, dst)
}

// writeOut writes the content of a file.
func writeOut(w io.Writer, from string, dir bool) error {
	if dir {
		return Usagef("the artifact is a directory: name another with -o")
	}
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
