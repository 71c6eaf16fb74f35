// Command bench measures the engine beside its peers, in turns within the same
// minutes, and says which bars it clears.
//
//	go run ./internal/bench/engine -whorl bin/whorl -json artifacts/bench/engine.json
//
// It prints a table and keeps it as JSON. Times are medians of wall-clock time,
// of whole processes where both sides are programs. A peer that is not
// installed is passed over, with a word.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	whorl := flag.String("whorl", "bin/whorl", "`program` to measure")
	out := flag.String("json", "", "`file` to keep the figures in")
	rounds := flag.Int("rounds", 21, "how often each is run, in turns; a third as often where it takes long")
	files := flag.Int("files", 55000, "files of 11 KB to be looked at")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	program, err := filepath.Abs(*whorl)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "whorl-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	// What runs as a process of its own comes first, while this one is small:
	// Linux counts the memory of the process that starts another as its.
	r := &report{CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version()}
	long := max(3, *rounds/3)
	for _, measure := range []func() error{
		func() error { return r.noop(ctx, program, filepath.Join(dir, "noop"), *rounds) },
		func() error { return r.unchanged(ctx, program, filepath.Join(dir, "files"), *files, long) },
		func() error { return r.firstHash(ctx, filepath.Join(dir, "files", "in"), *files, long) },
		func() error { return r.overhead(ctx, filepath.Join(dir, "overhead"), long) },
	} {
		if err := measure(); err != nil {
			return err
		}
	}
	r.print(os.Stdout)
	if *out == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(*out), 0o777); err != nil {
		return err
	}
	return os.WriteFile(*out, append(text, '\n'), 0o666)
}
