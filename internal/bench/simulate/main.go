package main

import (
	"flag"
	"fmt"
)

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
	flag.Parse()
	for _, w := range worlds() {
		for _, g := range []int{2, 4, 8, 20} {
			for _, n := range []int{2, 3, 5, 10} {
				c := calibrate(w, g, n, *sweeps, 1)
				p := func(k, n int) float64 { return 100 * float64(k) / float64(n) }
				fmt.Printf("%-28s G=%-2d n=%-2d false %5.1f today %5.1f cover %5.1f these %5.1f power %5.1f today %5.1f\n", w.Name, g, n,
					p(c.False, c.Sweeps), p(c.Today, c.Sweeps), p(c.Covered, c.Pairs), p(c.OnThese, c.Pairs), p(c.Power, c.Sweeps), p(c.TodayPower, c.Sweeps))
			}
		}
	}
}
