package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"whorl/siamese"
)

// A report is all that was measured.
type report struct {
	CPU        string    `json:"cpu,omitempty"`
	CPUs       int       `json:"cpus"` // in use
	Go         string    `json:"go"`
	Kernels    string    `json:"kernels"`
	Peer       string    `json:"peer,omitempty"`
	PeakGFLOPS float64   `json:"peak_gflops"` // of all CPUs together
	Networks   []network `json:"networks"`
	MemoryMiB  float64   `json:"memory_mib,omitempty"` // of training post on 44,343 probes
	Notes      []string  `json:"notes,omitempty"`
}

// A network is what was measured of one. What was not measured is 0.
type network struct {
	Name         string  `json:"name"`
	Rows         []row   `json:"rows"`
	Augmentation float64 `json:"augmentation"`                   // share that it adds to a step
	Portable     float64 `json:"portable_pairs_per_s,omitempty"` // training without vectors
}

// A row is one line of the table.
type row struct {
	What   string  `json:"what"`
	Ours   float64 `json:"pairs_per_s"`
	Peer   float64 `json:"peer_pairs_per_s,omitempty"`
	Ratio  float64 `json:"ratio,omitempty"`
	GFLOPS float64 `json:"dense_equivalent_gflops"`
	Share  float64 `json:"share_of_peak,omitempty"` // of the multiply-adds that are really made; of a forward pass only
}

func newReport() (*report, error) {
	kernels, err := siamese.Kernels()
	return &report{CPU: cpu(), CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version(), Kernels: kernels}, err
}

// cpu is the CPU's name, if the system tells it.
func cpu() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
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

func (r *report) note(text string) {
	if !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

// add adds the rows of a network.
func (r *report) add(s *sample) {
	if s.peerName != "" {
		r.Peer = s.peerName
	}
	direct := s.network
	direct.Winograd = false
	line := func(what string, seconds, peer []float64, a siamese.Architecture) row {
		l := row{What: what, Ours: batch / median(seconds), Peer: median(peer)}
		if l.Peer > 0 {
			l.Ratio = l.Ours / l.Peer
		}
		dense, made := products(a)
		if strings.HasPrefix(what, "train") {
			l.GFLOPS = 3 * 2 * dense * l.Ours / 1e9
			return l
		}
		l.GFLOPS = 2 * dense * l.Ours / 1e9
		l.Share = 2 * made * l.Ours / 1e9 / r.PeakGFLOPS
		return l
	}
	r.Networks = append(r.Networks, network{Name: s.network.Name, Augmentation: s.augmentation(), Rows: []row{
		line("train", s.augmented.steps, s.peerTrain, s.network),
		line("train, winograd off", s.direct.steps, s.peerTrain, direct),
		line("forward", s.forward, s.peerForward, s.network),
		line("forward, winograd off", s.forwardDirect, s.peerForward, direct),
	}})
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "%s kernels on %d CPUs (%s), %s; FMA peak %.0f GFLOPS; batches of %d pairs\n\n",
		r.Kernels, r.CPUs, r.CPU, r.Go, r.PeakGFLOPS, batch)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	peer := r.Peer
	if peer == "" {
		peer = "PyTorch"
	}
	fmt.Fprintf(t, "network\twhat\tours, pairs/s\t%s, pairs/s\tratio\tdense-equivalent, GFLOPS\tof FMA peak\t\n", peer)
	for _, n := range r.Networks {
		for _, l := range n.Rows {
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%s\t%s\t%.0f\t%s\t\n", n.Name, l.What, l.Ours,
				known("%.0f", l.Peer), known("%.1f", l.Ratio), l.GFLOPS, known("%.0f%%", 100*l.Share))
		}
	}
	t.Flush()
	fmt.Fprint(w, `
Dense-equivalent: what it would take to compute every output by its definition, a training step counted as three
forward passes. Ours multiplies less: pooling drops some outputs, Winograd's algorithm takes 16 products instead of 36,
and backward most gradients are zero. Of FMA peak: the multiply-adds that a forward pass really makes.

`)
	for _, n := range r.Networks {
		fmt.Fprintf(w, "%s: augmentation adds %+.1f%% to a training step", n.Name, 100*n.Augmentation)
		if n.Portable > 0 {
			fmt.Fprintf(w, "; without vectors %.0f pairs/s, 1/%.1f of the above", n.Portable, n.Rows[0].Ours/n.Portable)
		}
		fmt.Fprintln(w)
	}
	if r.MemoryMiB > 0 {
		fmt.Fprintf(w, "peak memory of training post on %d probes: %.0f MiB, mapped images included\n", socofing, r.MemoryMiB)
	}
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
