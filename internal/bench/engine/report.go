package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// A report is all that was measured.
type report struct {
	CPUs  int      `json:"cpus"`
	Go    string   `json:"go"`
	Rows  []row    `json:"rows"`
	Notes []string `json:"notes,omitempty"`
}

// A row is one comparison. What was not measured is 0.
type row struct {
	What  string  `json:"what"`
	Whorl float64 `json:"whorl_ms"`
	MiB   float64 `json:"whorl_mib,omitempty"` // peak
	Peers []peer  `json:"peers,omitempty"`
	Bar   string  `json:"bar"`
	Clear bool    `json:"clear"`
}

type peer struct {
	Name  string  `json:"name"`
	MS    float64 `json:"ms"`
	Ratio float64 `json:"ratio"` // ours to theirs
}

// add adds a comparison of ours with its peers; clear says whether the bar is
// cleared, from the row without it.
func (r *report) add(what string, ours *side, peers []*side, bar string, clear func(row) bool) {
	l := row{What: what, Whorl: 1000 * ours.median(), MiB: float64(ours.kib) / 1024, Bar: bar}
	for _, p := range peers {
		ms := 1000 * p.median()
		l.Peers = append(l.Peers, peer{p.name, ms, l.Whorl / ms})
	}
	l.Clear = clear(l)
	r.Rows = append(r.Rows, l)
}

// ratio is ours to the peer of that name, or 0 if it was not measured.
func (l row) ratio(name string) float64 {
	for _, p := range l.Peers {
		if p.Name == name {
			return p.Ratio
		}
	}
	return 0
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "%d CPUs, %s; medians of time, peaks of memory\n\n", r.CPUs, r.Go)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\twhorl, ms\tMiB\tpeer\tpeer, ms\tratio\tbar\t")
	for _, l := range r.Rows {
		bar := l.Bar + ": missed"
		if l.Clear {
			bar = l.Bar + ": clear"
		}
		memory := "-"
		if l.MiB > 0 {
			memory = fmt.Sprintf("%.0f", l.MiB)
		}
		first := peer{Name: "-"}
		if len(l.Peers) > 0 {
			first = l.Peers[0]
		}
		fmt.Fprintf(t, "%s\t%.1f\t%s\t%s\t%s\t%s\t\n", l.What, l.Whorl, memory, first.Name, first, bar)
		for _, p := range l.Peers[min(1, len(l.Peers)):] {
			fmt.Fprintf(t, "\t\t\t%s\t%s\t\t\n", p.Name, p)
		}
	}
	t.Flush()
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
}

// String gives the cells of the time and the ratio.
func (p peer) String() string {
	if p.MS == 0 {
		return "-\t-"
	}
	return fmt.Sprintf("%.1f\t%.2f", p.MS, p.Ratio)
}
