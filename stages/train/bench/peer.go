package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"whorl/siamese"
)

// peer measures one round of PyTorch, with as many threads as ours has.
func (s *sample) peer(ctx context.Context, a siamese.Architecture, python, script string) error {
	net := map[string]string{"post": "seed", "compact": "compact"}[a.Name]
	cmd := exec.CommandContext(ctx, python, script, "--net", net, "--batch", strconv.Itoa(batch),
		"--threads", strconv.Itoa(runtime.GOMAXPROCS(0)), "--steps", "8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		last := bytes.TrimSpace(stderr.Bytes())
		if i := bytes.LastIndexByte(last, '\n'); i >= 0 {
			last = last[i+1:]
		}
		return fmt.Errorf("no peer: %s %s: %w (%s)", python, script, err, last)
	}
	var figures struct {
		Train   float64 `json:"train_pairs_per_s"`
		Forward float64 `json:"forward_pairs_per_s"`
	}
	if err := json.Unmarshal(text, &figures); err != nil {
		return fmt.Errorf("no peer: %s printed %q: %w", script, text, err)
	}
	s.peerTrain = append(s.peerTrain, figures.Train)
	s.peerForward = append(s.peerForward, figures.Forward)
	return nil
}

// peak measures how many GFLOPS the fused multiply-adds of all processors can
// make at most, and keeps the highest.
func (r *report) peak() {
	const rounds = 1 << 23 // some tenths of a second
	var wait sync.WaitGroup
	var done atomic.Int64
	start := time.Now()
	for range r.CPUs {
		wait.Go(func() { done.Add(int64(siamese.Peak(rounds))) })
	}
	wait.Wait()
	r.PeakGFLOPS = max(r.PeakGFLOPS, 2*float64(done.Load())/time.Since(start).Seconds()/1e9)
}
