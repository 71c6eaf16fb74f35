package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"whorl/siamese"
)

// A report is all that was measured.
type report struct {
	CPUs       int      `json:"cpus"`
	Go         string   `json:"go"`
	Kernels    string   `json:"kernels"`
	PeakGFLOPS float64  `json:"peak_gflops"` // of all CPUs together
	Rows       []row    `json:"rows"`
	MemoryMiB  float64  `json:"memory_mib"` // of training post on 44,343 probes
	Notes      []string `json:"notes,omitempty"`
}

// A row is one line of the table. What was not measured is 0.
type row struct {
	Network string  `json:"network"`
	What    string  `json:"what"`
	Ours    float64 `json:"pairs_per_s"`
	Peer    float64 `json:"peer_pairs_per_s,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`
	Share   float64 `json:"share_of_peak,omitempty"`
}

// rows are the lines of a network; peak is that of all cores, in GFLOPS. A
// training step counts as three forward passes: one forward, one for the
// gradients of the weights and one for those of the inputs, none of which
// ours computes in full, since most gradients are zero.
func (s *sample) rows(a siamese.Architecture, peak float64) []row {
	gflop := 2 * multiplications(a) / 1e9
	line := func(what string, seconds, peer []float64, passes float64) row {
		r := row{Network: a.Name, What: what, Peer: median(peer)}
		if m := median(seconds); m > 0 {
			r.Ours = batch / m
		}
		if r.Peer > 0 {
			r.Ratio = r.Ours / r.Peer
		}
		if peak > 0 {
			r.Share = r.Ours * gflop * passes / peak
		}
		return r
	}
	return []row{
		line("train", s.train, s.peerTrain, 3),
		line("train, no augmentation", s.plain, s.peerTrain, 3),
		line("train, winograd off", s.direct, s.peerTrain, 3),
		line("forward", s.forward, s.peerForward, 1),
		line("forward, winograd off", s.forwardDirect, s.peerForward, 1),
	}
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "%s kernels, %d CPUs, %s; peak %.0f GFLOPS\n\n", r.Kernels, r.CPUs, r.Go, r.PeakGFLOPS)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "network\twhat\tours, pairs/s\tPyTorch, pairs/s\tratio\tof FMA peak\t")
	for _, r := range r.Rows {
		fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t%s\t\n", r.Network, r.What, r.Ours,
			known("%.0f", r.Peer), known("%.1f", r.Ratio), known("%.0f%%", 100*r.Share))
	}
	t.Flush()
	fmt.Fprintln(w, "\nOf the peak: what direct convolutions would multiply, a training step counted as three forward passes;\n"+
		"ours multiplies less, since most gradients are zero.")
	fmt.Fprintf(w, "Memory of training post on %d probes: %.0f MiB, mapped images included\n", socofing, r.MemoryMiB)
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
}

func known(format string, v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf(format, v)
}
