package reports

import (
	"fmt"
	"testing"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/reports/internal/echarts"
)

// sweepOf makes n runs of a search with two seeds each and series of so many
// points.
func sweepOf(n, points int) *memory {
	m := newMemory()
	for i := range n {
		r := m.add(i+1, []string{"subtract", "abs"}[i/2%2], []string{"none", "tutorial"}[i/4%2], uint64(i%2+1))
		param(r, "train", "dropout", float64(i/2)/float64(n))
		for k := range m.series[r.ID] {
			m.series[r.ID][k].Step++
		}
		for k := range points {
			m.series[r.ID] = append(m.series[r.ID], record.Metric{Stage: "train", Metric: stage.Metric{Name: "rate", Step: k, Value: 1 / float64(k+1+i)}})
		}
		measure(r, "train", "rate", 1)
		s := r.Stage("train")
		s.Metrics[len(s.Metrics)-1].Step = points
	}
	return m
}

// A report of 100 runs stays small and of a height that can be scrolled through.
func TestHundredRuns(t *testing.T) {
	m := sweepOf(100, 500)
	began := time.Now()
	html := render(t, m, Options{})
	t.Logf("100 runs: %s beside the chart library, written in %v", size(int64(len(html)-len(echarts.Script))), time.Since(began))
	if beside := len(html) - len(echarts.Script); beside > 3<<20 {
		t.Errorf("%s beside the chart library", size(int64(beside)))
	}
	b := open(t, html, 1440)
	b.shot("hundred", "main")
	if h := eval[int](b, `document.documentElement.scrollHeight`); h > 12000 {
		t.Errorf("the page is %d pixels tall", h)
	}
	t.Logf("interactive after %.0f ms, %d pixels tall", eval[float64](b, `performance.getEntriesByType("navigation")[0].domInteractive`), eval[int](b, `document.documentElement.scrollHeight`))
	shown := eval[int](b, `[...document.querySelectorAll("#side input[data-group]")].filter(b => b.checked).length`)
	if shown != topShown {
		t.Errorf("%d configurations are shown at first, want %d", shown, topShown)
	}
	b.drawAll()
	b.quiet()
}

// Neither does one of 1000.
func TestThousandRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("skipping a large report in short mode")
	}
	m := sweepOf(1000, 100)
	began := time.Now()
	html := render(t, m, Options{})
	beside := len(html) - len(echarts.Script)
	t.Log(fmt.Sprintf("1000 runs: %s beside the chart library, written in %v", size(int64(beside)), time.Since(began)))
	if beside > 12<<20 {
		t.Errorf("%s beside the chart library", size(int64(beside)))
	}
	b := open(t, html, 1440)
	t.Logf("interactive after %.0f ms", eval[float64](b, `performance.getEntriesByType("navigation")[0].domInteractive`))
	b.quiet()
}
