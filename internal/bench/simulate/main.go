package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

// measured has the variances of 24 retrainings on 12-subject synthetic prints:
// a configuration x subject part of about 5.6e-5 in the EER.
var measured = world{Name: "as measured", Subjects: 12, Probes: 9, Subject: .2, Interaction: .12, Training: .1, Probe: .3, Rest: .5}

func worlds() []world {
	all := []world{measured}
	change := func(name string, f func(*world)) {
		w := measured
		w.Name = name
		f(&w)
		all = append(all, w)
	}
	change("large training noise", func(w *world) { w.Training = .5 })
	change("no configuration x subject", func(w *world) { w.Interaction = 0 })
	change("60 subjects", func(w *world) { w.Subjects = 60 })
	change("AUC", func(w *world) { w.AUC = true })
	change("6 of 60 subjects a seed", func(w *world) { w.Subjects, w.Tested, w.Probes = 60, 6, 18 })
	change("unequal training noise", func(w *world) { w.Unequal = true })
	return all
}

func main() {
	sweeps := flag.Int("sweeps", 1000, "sweeps of each case")
	only := flag.String("case", "", "name of the only case of sweeps and sequential designs")
	part := flag.String("part", "", "sweeps, sequential or intervals; all of them if empty")
	flag.Parse()
	parts := []struct {
		name  string
		print func(out *tabwriter.Writer, cases []world, sweeps int)
	}{
		{"sweeps", printSweeps},
		{"sequential", printSequential},
		{"intervals", printIntervals},
	}
	cases := slices.DeleteFunc(worlds(), func(w world) bool { return *only != "" && w.Name != *only })
	if len(cases) == 0 {
		fmt.Fprintf(os.Stderr, "simulate: unknown case %q\n", *only)
		os.Exit(2)
	}
	ran := false
	for _, p := range parts {
		if *part == "" || *part == p.name {
			out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
			p.print(out, cases, *sweeps)
			out.Flush()
			ran = true
		}
	}
	if !ran {
		fmt.Fprintf(os.Stderr, "simulate: unknown part %q (available: sweeps, sequential, intervals)\n", *part)
		os.Exit(2)
	}
}

func percent(k, n int) float64 { return 100 * float64(k) / float64(n) }

func printSweeps(out *tabwriter.Writer, cases []world, sweeps int) {
	fmt.Fprintf(out, "Sweeps of equal configurations, %d of each case; power: EER 2%% against 5%%. Percent.\n", sweeps)
	fmt.Fprintln(out, "case\tconfigurations\tseeds\tfalse\tcover, subjects\tcover, test set\tpower\tt-test: false\tt-test: power")
	for _, w := range cases {
		for _, g := range []int{2, 4, 8, 20} {
			for _, n := range []int{3, 5, 10} {
				c := calibrate(w, g, n, sweeps, 1)
				these := "-"
				if !w.AUC && w.Tested == 0 {
					these = fmt.Sprintf("%.1f", percent(c.OnThese, c.Pairs))
				}
				fmt.Fprintf(out, "%s\t%d\t%d\t%.1f\t%.1f\t%s\t%.1f\t%.1f\t%.1f\n", w.Name, g, n,
					percent(c.False, c.Sweeps), percent(c.Covered, c.Pairs), these,
					percent(c.Power, c.Sweeps), percent(c.Today, c.Sweeps), percent(c.TodayPower, c.Sweeps))
			}
		}
		out.Flush()
	}
}

func printSequential(out *tabwriter.Writer, cases []world, sweeps int) {
	const first, last = 3, 10
	fmt.Fprintf(out, "\nSequential designs from %d to %d seeds, %d of each case. Percent; trials a sweep.\n", first, last, sweeps)
	fmt.Fprintln(out, "case\tconfigurations\tfalse\tpower\tpower of 10 seeds\ttrials, one better\ttrials, equal\ttrials of 10 seeds")
	for _, w := range cases {
		for _, g := range []int{2, 8, 20} {
			r := sequentially(w, g, first, last, sweeps, 2)
			fmt.Fprintf(out, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\n", w.Name, g,
				percent(r.False, sweeps), percent(r.Power, sweeps), percent(r.FixedPower, sweeps),
				float64(r.Spent)/float64(sweeps), float64(r.SpentEqual)/float64(sweeps), last*g)
		}
		out.Flush()
	}
	w := worlds()[2]
	s, e := lines(w, first, last, sweeps, 3)
	fmt.Fprintf(out, "\nTwo configurations on this test set, alpha spending beside an anytime-valid e-value:\n")
	fmt.Fprintf(out, "\tfalse\tpower\ttrials, one better\n")
	fmt.Fprintf(out, "alpha spending\t%.1f\t%.1f\t%.1f\n", percent(s.False, sweeps), percent(s.Power, sweeps), float64(s.Spent)/float64(sweeps))
	fmt.Fprintf(out, "e-value\t%.1f\t%.1f\t%.1f\n", percent(e.False, sweeps), percent(e.Power, sweeps), float64(e.Spent)/float64(sweeps))
}

func printIntervals(out *tabwriter.Writer, _ []world, sweeps int) {
	fmt.Fprintf(out, "\nIntervals of one run at 95%%, %d of each case: how often they hold the truth, in percent.\n", sweeps)
	fmt.Fprintln(out, "subjects\tprobes\tICC\tEER\tAUC\tFMR\tFNMR\tEER, bootstrap")
	for _, c := range runCases {
		r := covered(c, sweeps, 4)
		fmt.Fprintf(out, "%d\t%d\t%.1f\t%.0f%%\t%.1f\t%.1f\t%.1f\t%.1f\n", c.subjects, c.subjects*c.probes, c.icc, 100*c.eer,
			percent(r.auc, sweeps), percent(r.fmr, sweeps), percent(r.fnmr, sweeps), percent(r.eer, sweeps))
		out.Flush()
	}
}
