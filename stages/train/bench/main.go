// Command bench measures how fast the networks train and score here, beside
// the same networks in PyTorch, in turns within the same minutes.
//
//	go run ./stages/train/bench -json artifacts/bench/training.json
//
// It prints a table and keeps it as JSON. Rates are medians. Without PyTorch it
// says so and prints ours alone.
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
	"slices"

	"whorl/siamese"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	out := flag.String("json", "", "`file` to keep the figures in")
	script := flag.String("peer", "../shared/peer/torch_step.py", "PyTorch `script` to compare with")
	python := flag.String("python", "/usr/bin/python3", "`interpreter` that runs it")
	rounds := flag.Int("rounds", 3, "rounds of ours, then the peer's")
	steps := flag.Int("steps", 20, "steps of ours in a round")
	child := flag.Bool("memory", false, "only train on as many probes as SOCOFing has and print the memory it took, in bytes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child {
		return trainMany(ctx)
	}

	kernels, err := siamese.Kernels()
	if err != nil {
		return err
	}
	r := report{CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version(), Kernels: kernels}
	networks := []siamese.Architecture{
		siamese.Post(siamese.Subtract, side, side),
		siamese.Compact(siamese.Subtract, side, side),
	}
	samples := make([]sample, len(networks))
	for range *rounds {
		r.peak()
		for i, a := range networks {
			if err := samples[i].ours(ctx, a, *steps); err != nil {
				return err
			}
			if err := samples[i].peer(ctx, a, *python, *script); err != nil {
				r.Notes = append(r.Notes, err.Error())
			}
		}
	}
	for i, a := range networks {
		r.Rows = append(r.Rows, samples[i].rows(a, r.PeakGFLOPS)...)
	}
	if r.MemoryMiB, err = memory(ctx); err != nil {
		return err
	}
	slices.Sort(r.Notes)
	r.Notes = slices.Compact(r.Notes)
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
