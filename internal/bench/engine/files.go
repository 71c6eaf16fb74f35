package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"whorl/pipeline/store/tree"
)

// unchanged measures a no-op of one stage over many files, beside a bare walk
// with an lstat a file. It leaves the files in dir/in.
func (r *report) unchanged(ctx context.Context, whorl, dir string, n, rounds int) error {
	content := strings.Repeat("0123456789abcdef", 11<<10/16)
	for i := range n {
		if err := put(filepath.Join(dir, "in", fmt.Sprintf("d%d", i%10), fmt.Sprintf("%06d.bmp", i)), fmt.Sprint(i, content)); err != nil {
			return err
		}
	}
	const spec = "stages:\n  s: {kind: command, inputs: {dir: ./in}, cmd: \"ls {inputs.dir} > {outputs.o}\", outputs: {o: o}}\n"
	if err := put(filepath.Join(dir, "pipeline.yaml"), spec); err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // files that are younger are hashed again
	ours := program("whorl", dir, whorl, "run")
	walk := function("walk", func(context.Context) error {
		return walkFiles(filepath.Join(dir, "in"), func(string) error { return nil })
	})
	if err := inTurns(ctx, rounds, ours, walk); err != nil {
		return err
	}
	r.add(fmt.Sprintf("no-op over %d files", n), ours, []*side{walk}, "2x walk, 80 MiB", func(l row) bool {
		return l.ratio("walk") <= 2 && l.MiB <= 80
	})
	return nil
}

// firstHash measures the first look at the files, beside bare reading and
// hashing on all processors.
func (r *report) firstHash(ctx context.Context, dir string, n, rounds int) error {
	ours := function("whorl", func(ctx context.Context) error {
		memo, err := os.MkdirTemp("", "whorl-bench-memo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(memo)
		_, err = tree.Scan(ctx, dir, tree.NewMemo(memo), runtime.GOMAXPROCS(0))
		return err
	})
	bare := function("read+sha256", func(ctx context.Context) error { return hashFiles(ctx, dir) })
	if err := inTurns(ctx, rounds, ours, bare); err != nil {
		return err
	}
	r.add(fmt.Sprintf("first hash of %d files", n), ours, []*side{bare}, "1.25x bare", func(l row) bool {
		return l.ratio("read+sha256") <= 1.25
	})
	return nil
}

// walkFiles calls f for each file, after an lstat of it.
func walkFiles(dir string, f func(path string) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, err := d.Info(); err != nil {
			return err
		}
		return f(path)
	})
}

func hashFiles(ctx context.Context, dir string) error {
	g, ctx := errgroup.WithContext(ctx)
	paths := make(chan string, 1024)
	g.Go(func() error {
		defer close(paths)
		return walkFiles(dir, func(path string) error {
			select {
			case paths <- path:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			h, buf := sha256.New(), make([]byte, 128<<10)
			for path := range paths {
				f, err := os.Open(path)
				if err != nil {
					return err
				}
				h.Reset()
				_, err = io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf)
				f.Close()
				if err != nil {
					return err
				}
				h.Sum(nil)
			}
			return nil
		})
	}
	return g.Wait()
}
