package cli

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"whorl/cli/progress"
	"whorl/experiments/compare"
)

// finite returns a number as JSON has it: null if it is not finite.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// print writes what the sweep came to for a person to read.
func (f *findings) print(to io.Writer) error {
	lines := []string{}
	if f.Question != "" {
		lines = append(lines, "", f.Question)
	}
	switch {
	case f.Variance != nil:
		lines = append(append(lines, ""), f.Variance.lines()...)
	default:
		lines = append(append(lines, ""), f.table()...)
		lines = append(lines, f.conclusion()...)
		lines = append(lines, f.effects()...)
		lines = append(lines, f.importances()...)
	}
	if f.Seeds != nil {
		lines = append(lines, "", fmt.Sprintf("Seeds until decided: %d spent, %d saved of %d.", f.Seeds.Spent, f.Seeds.Saved, f.Seeds.Spent+f.Seeds.Saved))
	}
	_, err := fmt.Fprintln(to, strings.Join(lines[1:], "\n"))
	return err
}

// table has a line for each configuration, the best first.
func (f *findings) table() []string {
	metric := f.def.Compared.Metric
	header := append([]string{"RANK"}, f.keys...)
	if f.def.Prune != nil {
		header = append(header, "RUNG")
	}
	header = append(header, "SEEDS")
	if metric != "" {
		header = append(header, strings.ToUpper(metric), "95% INTERVAL", "BESIDE THE BEST")
	}
	for _, metric := range f.figures {
		header = append(header, strings.ToUpper(metric))
	}
	var rows [][]string
	for _, p := range f.Configurations {
		row := []string{"-"}
		if p.Rank > 0 {
			row[0] = fmt.Sprint(p.Rank)
		}
		for _, key := range f.keys {
			row = append(row, paramText(p.Params[key]))
		}
		if f.def.Prune != nil {
			row = append(row, fmt.Sprint(p.Rung))
		}
		trials := f.trials(p.Configuration)
		seeds := fmt.Sprint(trials - p.Failed)
		if p.Failed > 0 {
			seeds = fmt.Sprintf("%d, %d failed", trials-p.Failed, p.Failed)
		}
		row = append(row, seeds)
		if metric != "" {
			row = append(row, bound(p.Mean), interval(p.Low, p.High), f.verdict(p))
		}
		for _, mean := range p.means {
			row = append(row, bound(finite(mean)))
		}
		rows = append(rows, row)
	}
	return progress.Table(header, rows)
}

// trials counts the trials of a configuration on its highest rung.
func (f *findings) trials(configuration int) (n int) {
	rung := 0
	for _, t := range f.Trials {
		if t.Configuration != configuration {
			continue
		}
		if t.Resource > rung {
			rung, n = t.Resource, 0
		}
		if t.Resource == rung {
			n++
		}
	}
	return n
}

func (f *findings) verdict(p placeJSON) string {
	text := string(p.Verdict)
	switch {
	case p.Rank == 0 && p.Seeds > 0:
		text = "pruned"
	case p.Rank == 0:
		text = "no value"
	case p.Verdict == "":
		text = "best"
	}
	if p.Baseline {
		text += " (baseline)"
	}
	return text
}

// conclusion says which configuration is best and how sure that is.
func (f *findings) conclusion() []string {
	if f.Best == nil && f.def.Compared.Metric == "" && len(f.Configurations) > 1 {
		return []string{"", `Not compared: add "objective: {metric: STAGE.METRIC, goal: minimize}" to the sweep.`}
	}
	if f.Best == nil {
		return nil
	}
	best := f.Best.Configuration
	if best == "" {
		best = "the only configuration"
	}
	lines := []string{"", fmt.Sprintf("Best by the mean of %s: %s, %s with %s.", f.Best.Metric, best, figure(f.Best.Mean), plural(f.Best.Seeds, "seed"))}
	if f.analysis == nil {
		return lines
	}
	if n := len(f.Best.Ties); n > 0 && f.analysis.Testable() {
		lines = append(lines, fmt.Sprintf("Not shown to be worse: %d of the other %d.", n, len(f.places)-1))
	}
	return append(lines, strings.Split(f.places[1].Behind.String(), "\n")...)
}

// effects has a line for each effect of a parameter.
func (f *findings) effects() []string {
	if len(f.Effects) == 0 || f.analysis == nil || !f.analysis.Testable() {
		return nil
	}
	var rows [][]string
	for _, e := range f.Effects {
		p := "-"
		if e.P != nil {
			p = figure(*e.P)
		}
		rows = append(rows, []string{
			e.Param, paramText(e.From), paramText(e.To), fmt.Sprintf("%+.3g", e.Difference), interval(e.Low, e.High), p, string(e.Verdict),
		})
	}
	about := "on this test set"
	if f.target() == compare.Subjects {
		about = "on other subjects"
	}
	title := fmt.Sprintf("Effects on %s, averaged over configurations that are equal otherwise, adjusted for all of them, %s:", f.def.Compared.Metric, about)
	return append([]string{"", title}, progress.Table([]string{"PARAMETER", "FROM", "TO", "DIFFERENCE", "95% INTERVAL", "P", "VERDICT"}, rows)...)
}

// importances has a line for each parameter that was searched.
func (f *findings) importances() []string {
	if len(f.Importances) == 0 || f.def.Search.Method == "grid" {
		return nil
	}
	keys := slices.SortedFunc(maps.Keys(f.Importances), func(a, b string) int {
		switch x, y := f.Importances[a], f.Importances[b]; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return strings.Compare(a, b)
	})
	var rows [][]string
	for _, key := range keys {
		rows = append(rows, []string{key, fmt.Sprintf("%.0f%%", 100*f.Importances[key])})
	}
	return append([]string{"", "Importance of each parameter for being among the best tenth:"}, progress.Table([]string{"PARAMETER", "SHARE"}, rows)...)
}

// paramText writes a value of a parameter.
func paramText(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case float64:
		return fmt.Sprintf("%.4g", v)
	}
	return fmt.Sprint(v)
}

func bound(v *float64) string {
	if v == nil {
		return "-"
	}
	return figure(*v)
}

func interval(low, high *float64) string {
	if low == nil || high == nil {
		return "-"
	}
	return fmt.Sprintf("%.3g to %.3g", *low, *high)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
