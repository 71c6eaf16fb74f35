package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"whorl/experiments/compare"
	"whorl/workspace"
)

// sweepOf returns what a sweep came to if the reference is the name or id of
// one, else nil.
func sweepOf(ctx context.Context, w *workspace.Workspace, ref, metric string) (*workspace.Ranking, error) {
	if ref == workspace.Last {
		return nil, nil
	}
	s, err := w.FindSweep(ctx, ref)
	var unknown *workspace.RefError
	if errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil || s.ID != ref && s.Name != ref {
		return nil, err
	}
	return w.Rank(ctx, s.ID, metric)
}

// rankingJSON is what "show SWEEP --json" prints.
type rankingJSON struct {
	sweepJSON
	Metric         string              `json:"metric"`
	Configurations []configurationRank `json:"configurations"`
}

type configurationRank struct {
	Configuration map[string]any      `json:"configuration"`
	Rank          int                 `json:"rank,omitempty"`
	Seeds         int                 `json:"seeds"`
	Mean          *number             `json:"mean"`
	Low           *number             `json:"low"` // of the mean, by Student's t
	High          *number             `json:"high"`
	Tied          bool                `json:"tied"`               // not shown to be worse than the best
	Compared      *compare.Comparison `json:"compared,omitempty"` // with the best
}

func rankingOf(r *workspace.Ranking) rankingJSON {
	j := rankingJSON{sweepJSON: sweepOfJSON(*r.Sweep), Metric: r.Metric, Configurations: []configurationRank{}}
	add := func(g compare.Group) *configurationRank {
		c := configurationRank{Configuration: map[string]any{}}
		for _, s := range g.Settings {
			c.Configuration[s.Key] = s.Value
		}
		if s := g.Summarize(r.Metric, 0.95); s.N > 0 {
			c.Seeds, c.Mean = s.N, new(number)
			*c.Mean = number(s.Mean)
			if s.N > 1 {
				low, high := number(s.Interval.Low), number(s.Interval.High)
				c.Low, c.High = &low, &high
			}
		}
		j.Configurations = append(j.Configurations, c)
		return &j.Configurations[len(j.Configurations)-1]
	}
	if len(r.Places) == 0 {
		for _, g := range r.Groups {
			add(g)
		}
		return j
	}
	for i, p := range r.Places {
		c := add(r.Ranked[p.Configuration])
		c.Rank, c.Tied = p.Rank, p.Tied
		if i > 0 {
			c.Compared = &r.Places[i].Behind
		}
	}
	for _, g := range r.Groups {
		if g.Summarize(r.Metric, 0.95).N == 0 {
			add(g)
		}
	}
	return j
}

// printRanking prints a sweep for people: the best configuration first.
func printRanking(env *Env, r *workspace.Ranking) error {
	j := rankingOf(r)
	fmt.Fprintf(env.Stdout, "sweep %s (%s), started %s, %s\n", j.Sweep, j.Name, j.Started.Local().Format(time.DateTime), trialsOf(*r.Sweep))
	table := textTable{header: []string{"RANK", "CONFIGURATION", "SEEDS"}, least: 2}
	if j.Metric != "" {
		table.header = append(table.header, j.Metric, "95% INTERVAL", "VERDICT AGAINST THE FIRST", "P")
	}
	for i, c := range j.Configurations {
		g := r.Groups[0].Settings
		var name []string
		for _, s := range g {
			name = append(name, fmt.Sprintf("%s=%v", s.Key, c.Configuration[s.Key]))
		}
		row := []string{"-", strings.Join(name, " "), fmt.Sprint(c.Seeds)}
		if len(name) == 0 {
			row[1] = "(one)"
		}
		if c.Rank > 0 {
			row[0] = fmt.Sprint(c.Rank)
		}
		if j.Metric != "" {
			mean, interval, verdict, p := "-", "-", "", ""
			if c.Mean != nil {
				mean = figure(float64(*c.Mean))
			}
			if c.Low != nil && *c.Low == *c.Low {
				interval = figure(float64(*c.Low)) + " to " + figure(float64(*c.High))
			}
			if i == 0 && c.Rank > 0 {
				verdict = "best"
			} else if c.Compared != nil {
				verdict = string(c.Compared.Verdict)
				if c.Compared.P != nil {
					p = fmt.Sprintf("%.2g", *c.Compared.P)
				}
			}
			row = append(row, mean, interval, verdict, p)
		}
		table.rows = append(table.rows, row)
	}
	left, err := table.write(env.Stdout, env.width())
	if len(left) > 0 {
		fmt.Fprintf(env.Stderr, "too wide to show: %s\n", strings.Join(left, ", "))
	}
	for _, c := range j.Configurations {
		if c.Compared != nil && c.Compared.Verdict == compare.Undecided && c.Compared.SeedsNeeded > 0 {
			fmt.Fprintf(env.Stdout, "no verdict: %s; %d seeds of each configuration are needed\n", c.Compared.Note, c.Compared.SeedsNeeded)
			break
		}
	}
	return err
}
