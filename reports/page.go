package reports

import (
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

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
	Trials    []*trial
	Groups    []*replicates
	Failed    []*trial // or interrupted
	Running   []*trial
	Summary   *summary
	Differing []parameter
	Constant  []parameter

	Runs       *table
	Replicates *table // nil if every run stands alone
	Metrics    []metricRow

	Learning, Timings, Errors []*figure // a grid each

	Confusions []confusion
	Exhibits   *exhibits
	Diagrams   []*diagram
	Stages     []string
	Facts      []fact
	Patches    []*patch
	Lost       []*trial // those with artifacts missing
}

func newPage(trials []*trial, ex *exhibits, opts Options) *page {
	p := &page{
		Options: opts, Heading: opts.Title, Trials: trials, Groups: groupsOf(trials), Exhibits: ex,
		Stages: stageNames(trials), Diagrams: diagrams(trials), Facts: facts(trials), Patches: patches(trials),
		Confusions: confusions(trials), Errors: errorFigures(trials),
	}
	if p.Heading == "" {
		p.Heading = "Comparison of " + count(len(trials), "run")
		if opts.Sweep != "" {
			p.Heading = "Sweep " + opts.Sweep
		}
	}
	for _, t := range trials {
		switch t.State {
		case "done":
		case "running":
			p.Running = append(p.Running, t)
		default:
			p.Failed = append(p.Failed, t)
		}
		if t.Lost != nil {
			p.Lost = append(p.Lost, t)
		}
	}
	p.Differing, p.Constant = parameters(trials)
	all := allMetrics(trials)
	shown := primaryMetrics(all)
	p.Runs = runTable(trials, p.Differing, shown)
	if len(p.Groups) < len(trials) {
		p.Replicates = groupTable(p.Groups, shown)
	}
	p.Metrics = metricTable(trials, all)
	for _, f := range learningFigures(trials) {
		if f.timing {
			p.Timings = append(p.Timings, f)
		} else {
			p.Learning = append(p.Learning, f)
		}
	}
	for _, f := range []*figure{scoreFigure(trials), cmcFigure(trials), conditionFigure(trials, all)} {
		if f != nil {
			p.Errors = append(p.Errors, f)
		}
	}
	p.Summary = newSummary(p, all)
	return p
}

// Style is the page's style sheet, Script its script, and Library the chart
// library: constant text of this module, which needs no escaping.
func (p *page) Style() (template.CSS, error) {
	data, err := files.ReadFile("page/style.css")
	return template.CSS(data), err
}

// Script is described at Style.
func (p *page) Script() (template.JS, error) {
	data, err := files.ReadFile("page/report.js")
	return template.JS(data), err
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
	}
	var entries []entry
	for _, t := range p.Trials {
		entries = append(entries, entry{t.Label, t.Title, t.Style.Color, t.Group.Index})
	}
	data, err := json.Marshal(entries)
	return template.JS(data), err
}

// Source is the picture itself, as the src attribute of an img element: as an
// address html/template would write every + of it as five bytes.
func (p *picture) Source() template.HTMLAttr {
	return template.HTMLAttr(`src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(p.data) + `"`)
}
