package cli

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"whorl/cli/progress"
	"whorl/experiments/sweep"
	"whorl/pipeline/record"
)

// A watch shows how far a sweep has come: on a terminal as a table that is
// redrawn, else as a line at the start and at the end of each trial. Its methods
// are called by one goroutine at a time.
type watch struct {
	s        *sweeper
	started  map[int]time.Time // of running trials, by number
	rows     []*watchRow       // by configuration
	ended    int
	failed   int
	recorded int
	took     []time.Duration // of the trials that executed a stage
	told     bool            // how many trials are recorded
}

// A watchRow is what is known of a configuration.
type watchRow struct {
	name     string
	baseline bool
	running  int
	trials   []sweep.TrialResult // on the highest rung that it has reached
	resource int
}

func newWatch(s *sweeper) *watch { return &watch{s: s, started: map[int]time.Time{}} }

// observe takes down an event of the sweep and shows it.
func (w *watch) observe(e sweep.Event) {
	row := w.row(e.Trial)
	lines := w.s.display.Trial(w.s.prefix(e.Trial))
	switch {
	case e.Result == nil:
		w.tellRecorded()
		row.running++
		w.started[e.Trial.Number] = time.Now()
		if !w.s.display.Live() {
			lines.Print(w.s.describe(e.Trial))
		}
	case e.Recorded:
		w.recorded++
		w.end(row, *e.Result)
	default:
		if began, ok := w.started[e.Trial.Number]; ok {
			row.running--
			delete(w.started, e.Trial.Number)
			if r := w.s.runs.of(*e.Result); r != nil && r.Executed() {
				w.took = append(w.took, time.Since(began))
			}
		}
		w.end(row, *e.Result)
		lines.Print(w.result(e.Trial, *e.Result))
	}
	if w.s.display.Live() {
		w.s.display.Below(w.table())
	}
}

func (w *watch) close() {
	if w.ended == w.recorded {
		w.tellRecorded()
	}
}

// tellRecorded says once how many trials are not run again.
func (w *watch) tellRecorded() {
	if w.told || w.recorded == 0 {
		return
	}
	w.told = true
	w.s.display.Print(fmt.Sprintf("sweep %s goes on: the first %d trials are recorded", w.s.id, w.recorded))
}

func (w *watch) row(t sweep.Trial) *watchRow {
	for len(w.rows) < t.Configuration.Number {
		w.rows = append(w.rows, &watchRow{})
	}
	r := w.rows[t.Configuration.Number-1]
	if r.name == "" {
		r.name, r.baseline = describeSettings(w.s.varied(t.Configuration.Settings)), t.Configuration.Baseline
	}
	return r
}

func (w *watch) end(row *watchRow, r sweep.TrialResult) {
	w.ended++
	if r.State != record.Done {
		w.failed++
	}
	if r.Resource > row.resource {
		row.resource, row.trials = r.Resource, nil
	}
	if r.Resource == row.resource {
		row.trials = append(row.trials, r)
	}
}

// result says what a trial came to, on one line.
func (w *watch) result(t sweep.Trial, r sweep.TrialResult) string {
	text := string(r.State)
	if w.s.display.Live() {
		text = w.s.describe(t) + ": " + text
	}
	run := w.s.runs.of(r)
	if r.State != record.Done {
		first, _, _ := strings.Cut(r.Error, "\n")
		return text + ": " + first
	}
	if metric := w.s.def.Compared.Metric; r.Metrics[metric] != nil {
		text += fmt.Sprintf(": %s %s", metric, figure(*r.Metrics[metric]))
	} else if run != nil {
		if f := figuresOf(run).String(); f != "" {
			text += ": " + f
		}
	}
	if run != nil {
		text += fmt.Sprintf(" (%s in %s)", stageCounts(run), took(run))
	}
	return text
}

// mean returns the mean of the metric that configurations are compared by, NaN
// if no trial has it.
func (r *watchRow) mean(metric string) float64 {
	sum, n := 0.0, 0
	for _, t := range r.trials {
		if x := t.Metrics[metric]; t.State == record.Done && x != nil {
			sum += *x
			n++
		}
	}
	return sum / float64(n)
}

// mostRows is how many configurations the live table shows.
const mostRows = 10

// table returns the lines of the live table: a summary, then the configurations
// that run and the best of the others.
func (w *watch) table() []string {
	metric, goal := w.s.def.Compared.Metric, w.s.def.Compared.Goal
	best := w.best()
	rows := slices.Clone(w.rows)
	rows = slices.DeleteFunc(rows, func(r *watchRow) bool { return r.name == "" })
	slices.SortStableFunc(rows, func(a, b *watchRow) int {
		x, y := a.mean(metric), b.mean(metric)
		switch {
		case (a.running > 0) != (b.running > 0):
			return b.running - a.running
		case math.IsNaN(x) || math.IsNaN(y) || x == y:
			return 0
		case goal.Better(x, y):
			return -1
		}
		return 1
	})
	seeds := max(1, w.s.def.Replicates.Min)
	header := []string{"CONFIGURATION", "SEEDS", "RUNG", strings.ToUpper(metric), ""}
	var cells [][]string
	for _, r := range rows[:min(len(rows), mostRows)] {
		c := []string{r.name, fmt.Sprintf("%d/%d", len(r.trials), max(seeds, len(r.trials))), "-", "-", ""}
		if r.resource > 0 {
			c[2] = fmt.Sprint(r.resource)
		}
		if m := r.mean(metric); !math.IsNaN(m) {
			c[3] = figure(m)
		}
		switch {
		case r == best:
			c[4] = "best so far"
		case r.running > 0:
			c[4] = "running"
		}
		cells = append(cells, c)
	}
	return append([]string{w.summary()}, progress.Table(header, cells)...)
}

// best returns the configuration with the best mean so far, or nil.
func (w *watch) best() (best *watchRow) {
	metric, goal := w.s.def.Compared.Metric, w.s.def.Compared.Goal
	for _, r := range w.rows {
		m := r.mean(metric)
		if math.IsNaN(m) || w.s.def.Prune != nil && best != nil && r.resource < best.resource {
			continue
		}
		if best == nil || goal.Better(m, best.mean(metric)) || r.resource > best.resource {
			best = r
		}
	}
	return best
}

// summary says how many trials have ended, and how long the others may take.
func (w *watch) summary() string {
	text := fmt.Sprintf("%d of %d trials", w.ended, max(w.s.trials, w.ended))
	if !w.s.exact {
		text = fmt.Sprintf("%d of at least %d trials", w.ended, max(w.s.trials, w.ended))
	}
	if w.failed > 0 {
		text += fmt.Sprintf(", %d failed", w.failed)
	}
	left := w.s.trials - w.ended
	if len(w.took) == 0 || left <= 0 {
		return text
	}
	var sum time.Duration
	for _, d := range w.took {
		sum += d
	}
	each := sum.Seconds() / float64(len(w.took))
	return text + ", " + sweep.About(each*float64(left)/float64(w.s.flags.parallel)) + " left"
}

// stageCounts says how many stages of a run have each status: "1 ran, 2 cached".
func stageCounts(r *record.Run) string {
	counts := r.Count()
	var parts []string
	for _, status := range record.Statuses {
		if n := counts[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	return strings.Join(parts, ", ")
}
