// Command bench measures how fast the networks train and score here, beside
// the same networks in PyTorch, in turns within the same minutes.
//
//	go run ./internal/bench/training -json artifacts/bench/training.json
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

	"whorl/siamese"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A setting says what is measured, and how long.
type setting struct {
	networks       []siamese.Architecture
	python, script string // the peer
	rounds         int    // of ours, then the peer's
	blocks, steps  int    // of ours in a round: blocks of so many steps, of each variant in turn
}

func run() error {
	s := setting{networks: []siamese.Architecture{
		siamese.Post(siamese.Subtract, side, side), siamese.Compact(siamese.Subtract, side, side),
	}}
	out := flag.String("json", "", "`file` to keep the figures in")
	flag.StringVar(&s.script, "peer", "../shared/peer/torch_step.py", "PyTorch `script` to compare with")
	flag.StringVar(&s.python, "python", "/usr/bin/python3", "`interpreter` that runs it")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds of ours, then the peer's")
	flag.IntVar(&s.blocks, "blocks", 4, "blocks of steps of ours in a round")
	flag.IntVar(&s.steps, "steps", 24, "steps of a block, more than 8")
	child := flag.String("child", "", "for a process that bench starts: `memory`, or the network to train without vectors")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child != "" {
		return runChild(ctx, *child, s.networks)
	}
	if s.rounds < 1 || s.blocks < 1 || s.steps < 9 {
		return fmt.Errorf("%d rounds of %d blocks of %d steps, want at least 1, 1 and 9", s.rounds, s.blocks, s.steps)
	}
	r, err := measure(ctx, s)
	if err != nil {
		return err
	}
	for _, a := range s.networks {
		if err := r.portable(ctx, a); err != nil {
			return err
		}
	}
	if r.MemoryMiB, err = memory(ctx); err != nil {
		return err
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

// measure runs ours and the peer in turns.
func measure(ctx context.Context, s setting) (*report, error) {
	r, err := newReport()
	if err != nil {
		return nil, err
	}
	samples := make([]*sample, len(s.networks))
	for i, a := range s.networks {
		if samples[i], err = newSample(a, s); err != nil {
			return nil, err
		}
	}
	for range s.rounds {
		r.peak()
		for _, m := range samples {
			if err := m.ours(ctx, s.blocks); err != nil {
				return nil, err
			}
			if err := m.peer(ctx, s); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				r.note(err.Error())
			}
		}
	}
	for _, m := range samples {
		r.add(m)
	}
	return r, nil
}
