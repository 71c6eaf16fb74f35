package reports

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"whorl/pipeline/record"
	"whorl/reports/internal/echarts"
)

//go:embed page
var files embed.FS

// templates parses them when a report is first written: every other command
// does without.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(functions).ParseFS(files, "page/*.html"))
})

var functions = template.FuncMap{
	"bytes":   size,
	"count":   count,
	"finite":  finite,
	"integer": func(n int) string { return integer(int64(n)) },
	"number":  number,
	"percent": percent,
	"pvalue":  pvalue,
	"capital": capital,
	"seconds": seconds,
	"setting": setting,
	"join":    strings.Join,
	"shape":   func(dims []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(dims), " ", " × "), "[]") },
	"time":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"short": func(digest string) string {
		const enough = 12
		return digest[:min(enough, len(digest))]
	},
}

// A page is everything that the templates show.
type page struct {
	Options
	Heading   string
	Crowded   bool // charts show configurations rather than runs
	Trials    []*trial
	Groups    []*replicates
	Failed    []*trial // or interrupted
	Running   []*trial
	Summary   *summary
	Answer    *answer // nil: nothing is ranked
	Differing []parameter
	Constant  []parameter
	All       []metric
	Shown     []metric // in the table of runs

	Runs    *table
	Metrics []metricRow // nil if there are too many runs for a table of all

	Learning, Timings, Charts []*figure // a grid each
	Matrices                  []matrixFigure
	Exhibits                  *exhibits

	Diagrams []*diagram
	Stages   []string
	Facts    []fact
	Patches  []*patch
	Lost     []*trial // those with artifacts missing
}

func newPage(ctx context.Context, l *loader, trials []*trial, opts Options) (*page, error) {
	p := &page{
		Options: opts, Heading: opts.Title, Trials: trials, Groups: groupsOf(trials), Crowded: len(trials) > few,
		Stages: stageNames(trials), Diagrams: diagrams(trials), Facts: facts(trials), Patches: patches(trials),
	}
	if p.Heading == "" {
		p.Heading = "Comparison of " + count(len(trials), "run")
		if opts.Sweep != "" {
			p.Heading = "Sweep " + opts.Sweep
		}
	}
	var err error
	if p.Exhibits, err = l.load(ctx, trials, opts); err != nil {
		return nil, err
	}
	p.All = allMetrics(trials)
	p.Shown = shownMetrics(p.All)
	first, ranked := ranking(trials, p.All, p.Metric)
	if ranked {
		if p.Answer, err = newAnswer(p.Groups, first, opts.Baseline, l.tables(ctx)); err != nil {
			return nil, fmt.Errorf("comparing the runs by %s: %w", first.Key, err)
		}
	}
	p.Answer.rankGroups(p.Groups)
	if p.Crowded {
		styleGroups(p.Groups)
	}
	if err := l.galleries(ctx, p.Exhibits); err != nil {
		return nil, err
	}
	for _, t := range trials {
		switch t.State {
		case record.Done:
		case record.Running:
			p.Running = append(p.Running, t)
		default:
			p.Failed = append(p.Failed, t)
		}
		if t.Lost != nil {
			p.Lost = append(p.Lost, t)
		}
	}
	p.Differing, p.Constant = parameters(trials)
	p.Runs = runTable(trials, p.Differing, p.Shown)
	if !p.Crowded {
		p.Metrics = metricTable(trials, p.All)
	}
	for _, f := range learningFigures(trials, p.All, p.Crowded) {
		if f.timing {
			p.Timings = append(p.Timings, f)
		} else {
			p.Learning = append(p.Learning, f)
		}
	}
	p.Charts = declaredFigures(p.Exhibits.Declared, p.Crowded)
	p.Matrices = matrixFigures(p.Exhibits.Declared, p.Crowded)
	p.Summary = newSummary(p, first, ranked)
	return p, ctx.Err()
}

// Style is the page's style sheet, Script its script, and Library the chart
// library: constant text of this module, which needs no escaping.
func (p *page) Style() (template.CSS, error) {
	data, err := files.ReadFile("page/style.css")
	return template.CSS(data), err
}

// Script is described at Style.
func (p *page) Script() (template.JS, error) {
	var all []byte
	for _, name := range []string{"query.js", "table.js", "report.js"} {
		data, err := files.ReadFile("page/" + name)
		if err != nil {
			return "", err
		}
		all = append(all, data...)
	}
	return template.JS(all), nil
}

// Ranked are the configurations from best to worst, Leading those that crowded
// charts show at first.
func (p *page) Ranked() []*replicates {
	return slices.SortedFunc(slices.Values(p.Groups), func(a, b *replicates) int { return a.Place - b.Place })
}

// Leading is described at Ranked.
func (p *page) Leading() []*replicates {
	return slices.DeleteFunc(p.Ranked(), func(g *replicates) bool { return !g.Shown })
}

// Selection says what chose the first configuration, and on which data.
func (p *page) Selection() string {
	m := p.Answer.Metric
	switch {
	case p.Objective != "" && p.Objective != m.Key:
		return fmt.Sprintf("The search chose configurations by %s; they are ranked here by %s.", p.Objective, m.Key)
	case p.Objective == m.Key:
		return fmt.Sprintf("The search chose configurations by %s, the figure that is reported: the best of %d looks better than it is on data that no configuration was chosen on.", m.Key, len(p.Answer.Places))
	}
	return fmt.Sprintf("No configuration was chosen before %s was measured. Whoever takes the first of the %d now chooses it on the data that %s measured: its figure is then too good, and new data would tell by how much.", m.Key, len(p.Answer.Places), m.Stage)
}

// Library is described at Style.
func (p *page) Library() template.JS { return template.JS(echarts.Script) }

// Intervals reports whether any run gives confidence intervals of its metrics.
func (p *page) Intervals() bool {
	return slices.ContainsFunc(p.Trials, func(t *trial) bool { return len(t.intervals) > 0 })
}

// LibraryVersion is that of the chart library.
func (p *page) LibraryVersion() string { return echarts.Version }

// Reproduce is what makes the runs again, bit for bit.
func (p *page) Reproduce() []string {
	var lines []string
	seen := map[string]bool{}
	for _, t := range p.Trials {
		if line := shellLine(t.Command); line != "" && !seen[line] {
			seen[line] = true
			lines = append(lines, line)
		}
	}
	return lines
}

// TrialData tells the script about the trials.
func (p *page) TrialData() (template.JS, error) {
	type entry struct {
		Label string `json:"label"`
		Title string `json:"title"`
		Color string `json:"color"`
		Group int    `json:"group"`
		Off   bool   `json:"off,omitempty"` // not shown before it is asked for
	}
	var entries []entry
	for _, t := range p.Trials {
		entries = append(entries, entry{t.Label, t.Title, t.Style.Color, t.Group.Index, p.Crowded && !t.Group.Shown})
	}
	data, err := json.Marshal(entries)
	return template.JS(data), err
}
