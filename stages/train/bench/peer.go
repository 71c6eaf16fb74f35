package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"

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

var gflops = regexp.MustCompile(`BenchmarkPeak/(\w+)\S*\s.*?([\d.]+) GFLOPS`)

// peak measures what a core's fused multiply-adds can do at most, by the
// kernels' own benchmark, and keeps the highest.
func (r *report) peak(ctx context.Context) {
	text, err := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^BenchmarkPeak$", "-benchtime=200ms", "./siamese/kernel").Output()
	for _, m := range gflops.FindAllStringSubmatch(string(text), -1) {
		if v, convErr := strconv.ParseFloat(m[2], 64); convErr == nil && m[1] == r.Kernels {
			r.PeakGFLOPS = max(r.PeakGFLOPS, v)
		}
	}
	if r.PeakGFLOPS == 0 {
		if err == nil {
			err = errors.New("built without GOEXPERIMENT=simd, or not on this CPU")
		}
		r.Notes = append(r.Notes, fmt.Sprintf("no peak of fused multiply-adds: %v", err))
	}
}
