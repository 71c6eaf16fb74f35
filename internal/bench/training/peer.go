package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
)

// peer measures one round of PyTorch, with as many threads as ours has.
func (s *sample) peer(ctx context.Context, by setting) error {
	net := map[string]string{"post": "seed", "compact": "compact"}[s.network.Name]
	cmd := exec.CommandContext(ctx, by.python, by.script, "--net", net, "--batch", strconv.Itoa(batch),
		"--threads", strconv.Itoa(runtime.GOMAXPROCS(0)), "--steps", "8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		why := bytes.TrimSpace(stderr.Bytes())
		if i := bytes.LastIndexByte(why, '\n'); i >= 0 {
			why = why[i+1:]
		}
		return fmt.Errorf("no PyTorch to compare with (Debian has it as python3-torch): %s %s: %w: %q", by.python, by.script, err, why)
	}
	var figures struct {
		Peer    string  `json:"peer"`
		Train   float64 `json:"train_pairs_per_s"`
		Forward float64 `json:"forward_pairs_per_s"`
	}
	if err := json.Unmarshal(text, &figures); err != nil {
		return fmt.Errorf("no PyTorch to compare with: %s printed %q: %w", by.script, text, err)
	}
	s.peerName = figures.Peer
	s.peerTrain = append(s.peerTrain, figures.Train)
	s.peerForward = append(s.peerForward, figures.Forward)
	return nil
}
