package reports

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/reports/internal/echarts"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func TestWriteIsDeterministic(t *testing.T) {
	first, opts := fixture()
	second, _ := fixture()
	if render(t, first, opts) != render(t, second, opts) {
		t.Error("two reports of the same runs differ")
	}
}

// The same experiment again, all of it cached, gives the same report but for
// ids, times and cached marks, which stand in these places and no others.
func TestReportOfTheSameAgain(t *testing.T) {
	first, opts := fixture()
	again, _ := fixture()
	for i, r := range again.runs {
		id := fmt.Sprintf("20261124-0600%02d-%06x", i, i)
		again.series[id] = again.series[r.ID]
		r.ID = id
		r.Started, r.Finished = r.Started.Add(time.Hour), r.Started.Add(time.Hour+10*time.Millisecond)
		for k := range r.Stages {
			if r.Stages[k].Status == "ran" {
				r.Stages[k].Status, r.Stages[k].Seconds = "cached", 0.001
			}
		}
	}
	before, after := render(t, first, opts), render(t, again, opts)
	if before == after {
		t.Fatal("the reports show neither ids nor times")
	}
	same := func(html string, runs []*record.Run) []string {
		for i, r := range runs {
			html = strings.ReplaceAll(html, r.ID, fmt.Sprint("RUN", i))
		}
		for _, place := range []string{
			`<time .*?</time>`,
			`<div><dt>(time|core seconds|saved by the cache)</dt>.*?</div>`,
			`<td class="num" data-sort="[^"]*">[^<]*</td></tr>`, // time of the run
			`(?s)<script type="application/json" id="table-data">.*?</script>`,
			`<figure class="dag">.*?</table></div>`,
			`<details><summary>Ids and times.*?</details>`,
		} {
			html = regexp.MustCompile(`(?s)`+place).ReplaceAllString(html, "")
		}
		return strings.Split(html, "\n")
	}
	if diff := cmp.Diff(same(before, first.runs), same(after, again.runs)); diff != "" {
		t.Errorf("the second report differs elsewhere:\n%s", diff)
	}
}

func TestWriteWithoutRuns(t *testing.T) {
	if err := Write(t.Context(), new(strings.Builder), newMemory(), Options{}); err == nil {
		t.Error("a report of no runs was written")
	}
}

func TestWriteIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	src, opts := fixture()
	if err := Write(ctx, new(strings.Builder), src, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

// elide leaves out what would make the golden file large and is tested by
// what it does: scripts, the style sheet and the pictures' bytes.
func elide(html string) string {
	html = regexp.MustCompile(`(?s)(<script[^>]*>).*?(</script>)`).ReplaceAllString(html, "$1…$2")
	html = regexp.MustCompile(`(?s)(<style>).*?(</style>)`).ReplaceAllString(html, "$1…$2")
	return regexp.MustCompile(`(data:image/png;base64,)[^"]*`).ReplaceAllString(html, "$1…")
}

func TestGolden(t *testing.T) {
	src, opts := fixture()
	got := elide(render(t, src, opts))
	golden := filepath.Join("testdata", "ablation.html")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the page differs from %s (go test -update rewrites it):\n%s", golden, diff)
	}
}

// Nothing in the page may point out of it.
func TestNoNetworkReference(t *testing.T) {
	src, opts := fixture()
	html := render(t, src, opts)
	page := regexp.MustCompile(`(?s)(<script[^>]*>).*?(</script>)`).ReplaceAllString(html, "$1$2")
	addresses := regexp.MustCompile(`(?i)\s(src|href|srcset|action|formaction|poster|data|cite|ping|manifest)\s*=\s*["']?([^"'\s>]*)`).FindAllStringSubmatch(page, -1)
	if len(addresses) < 10 {
		t.Fatalf("only %d addresses found: the test looks for the wrong thing", len(addresses))
	}
	for _, a := range addresses {
		if !strings.HasPrefix(a[2], "#") && !strings.HasPrefix(a[2], "data:image/png;base64,") {
			t.Errorf("%s=%q points out of the page", a[1], a[2])
		}
	}
	for _, bad := range []string{`url(`, `@import`, `@font-face`, `<link`, `<iframe`, `<object`, `<base`} {
		if strings.Contains(strings.ToLower(page), bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if !strings.Contains(html, `content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"`) {
		t.Error("the page does not forbid itself the network")
	}
}

// Whatever names a run brings, they stay text.
func TestHostileText(t *testing.T) {
	const evil = `</script><script>alert(1)</script>"'&<!--日本 ` + "\u2028" + ` {{.}} __f__`
	m := ablation(1)
	for i, r := range m.runs {
		r.Stages[0].Name, r.Stages[0].Kind = evil, evil
		param(r, evil, evil, fmt.Sprint(evil, i))
		point := stage.Metric{Name: evil, Step: 1, Value: 1}
		r.Stages[0].Metrics = append(r.Stages[0].Metrics, point)
		m.series[r.ID] = append(m.series[r.ID], record.Metric{Stage: evil, Metric: point})
		r.Sweep, r.Command, r.Machine.Host = &record.Sweep{ID: evil, Name: evil}, []string{evil}, evil
		r.Source = record.Source{Dirty: true, Diff: evil}
	}
	fail(m.runs[0], evil)
	html := render(t, m, Options{Title: evil, Sweep: evil, Commands: []string{evil}, Version: evil})
	if strings.Contains(html, "alert(1)</script>") || strings.Contains(html, `"'&<!--`) {
		t.Error("text of a run got into the page as markup")
	}
	if n, want := strings.Count(html, "<script"), strings.Count(html, "</script>"); n != want {
		t.Errorf("%d script elements begin and %d end", n, want)
	}
	if !strings.Contains(html, "日本") {
		t.Error("text of a run was lost")
	}
	t.Run("browser", func(t *testing.T) {
		b := open(t, html, 1200)
		b.drawAll()
		if title := eval[string](b, "document.title"); !strings.HasPrefix(title, "</script>") {
			t.Errorf("the title is %q", title)
		}
		b.quiet()
	})
}

// Intervals that the stage gave stand below their figures, and only there.
func TestIntervals(t *testing.T) {
	m := ablation(1)
	m.runs = m.runs[:2]
	for _, run := range m.runs {
		for i := range run.Stages {
			run.Stages[i].Metrics = nil
		}
	}
	measure(m.runs[0], "evaluate", "eer", 0.02)
	measure(m.runs[0], "evaluate", "roc_auc", 0.99)
	m.runs[0].Stages[5].Outputs[2] = m.putJSON("intervals", stage.TypeJSON, intervalsOf(m.runs[0]))
	perfect := m.runs[1]
	measure(perfect, "evaluate", "eer", 0)
	perfect.Stages[5].Outputs[2] = m.putJSON("intervals", stage.TypeJSON, intervalsOf(perfect))
	html := render(t, m, Options{})
	for _, want := range []string{"2.00%<small>1.80% to 2.20%</small>", ">0.9900</td>", "95% confidence interval"} {
		if !strings.Contains(html, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(html, "0% to 0%") {
		t.Error("an interval without width is given")
	}
}

func TestOneRun(t *testing.T) {
	m := ablation(1)
	m.runs = m.runs[:1]
	html := render(t, m, Options{})
	for _, want := range []string{"Comparison of 1 run", `DET curve`, "<code>augment.preview</code>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the report of one run lacks %q", want)
		}
	}
}

func TestOnlyFailedRuns(t *testing.T) {
	m := ablation(1)
	m.runs = m.runs[:1]
	fail(m.runs[0], "no space left on device")
	if html := render(t, m, Options{}); !strings.Contains(html, "no space left on device") {
		t.Error("the report does not say why the run failed")
	}
}

func TestManyRuns(t *testing.T) {
	m := ablation(13) // 52 runs of four configurations
	html := render(t, m, Options{})
	t.Logf("%d runs take %s, of which the chart library %s", len(m.runs), size(int64(len(html))), size(int64(len(echarts.Script))))
	if len(html) > 3<<20+len(echarts.Script) {
		t.Errorf("the report of %d runs has %s", len(m.runs), size(int64(len(html))))
	}
	for digest, n := range m.opened {
		if n > 1 {
			t.Errorf("artifact %s was read %d times", digest, n)
		}
	}
	if n := strings.Count(html, "<code>evaluate.samples</code>"); n != 4 {
		t.Errorf("%d sheets of samples are shown, want one a configuration", n)
	}
	// The sheet of labelled samples is the same in all runs.
	if n := strings.Count(html, "<code>label.samples</code>"); n != 1 {
		t.Errorf("the shared sheet is embedded %d times", n)
	}
}

func TestMissingAndDamagedArtifacts(t *testing.T) {
	m := ablation(1)
	evaluate := func(r *record.Run) []record.Output { return r.Stages[5].Outputs }
	delete(m.objects, evaluate(m.runs[0])[0].Digest)
	m.objects[evaluate(m.runs[1])[0].Digest] = []byte(`{"version":`)
	m.objects[evaluate(m.runs[2])[3].Digest] = []byte("no picture")
	m.objects[evaluate(m.runs[3])[2].Digest] = []byte("[]")
	evaluate(m.runs[0])[1].Type = stage.TypeCurves
	html := render(t, m, Options{})
	for _, want := range []string{
		"<b>#1</b> <code>evaluate.figures</code>: no longer in the store",
		"<b>#1</b> <code>evaluate.errors</code>: written by an earlier version",
		"<b>#2</b> <code>evaluate.figures</code>: figures: unexpected EOF",
		"<b>#3</b> <code>evaluate.samples</code>: not a picture",
		"<b>#4</b> <code>evaluate.intervals</code>: no intervals",
		`DET curve`, // of the others
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestPicturesBeyondTheLimit(t *testing.T) {
	m := ablation(1)
	html := render(t, m, Options{MaxPictureBytes: 1})
	if strings.Contains(html, "data:image/png") || strings.Contains(render(t, m, Options{Pictures: NoPictures}), "data:image/png") {
		t.Error("a picture was embedded beyond the limit")
	}
	if !strings.Contains(html, "whorl artifact "+m.runs[0].ID+" label.samples -o label.samples.png") {
		t.Error("the picture that was left out is not named")
	}
}

// Another pipeline: commands with metrics of their own, pictures, tables.
func TestForeignPipeline(t *testing.T) {
	m := newMemory()
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>`
	for i := range 3 {
		id := fmt.Sprintf("%c%015d", 'a'+i, 0)
		m.runs = append(m.runs, &record.Run{
			ID: id, State: record.Done,
			Stages: []record.Stage{{
				Name: "fit", Kind: "command", Status: record.Ran, Inputs: []record.Input{{Name: "x", Ref: "./data.csv"}},
				Params:  []record.Param{{Name: "degree", Value: int64(i)}},
				Metrics: record.Metrics{{Name: "residual", Step: -1, Value: 1 / float64(i+1)}, {Name: "huge", Step: -1, Value: math.Inf(1)}},
				Outputs: []record.Output{
					m.put("plot", stage.TypeSVG, []byte(svg)),
					m.put("fits", stage.TypeCSV, []byte("x,y\n1,<b>bold</b>\n")),
					m.put("notes", stage.TypeMarkdown, []byte("# What was done\n")),
					m.put("page", stage.TypeHTML, []byte("<script>alert(2)</script>")),
				},
			}},
		})
	}
	html := render(t, m, Options{})
	for _, want := range []string{
		"residual", "degree", "data.csv", "0.5000", "∞", "data:image/svg&#43;xml;base64,", "# What was done", "&lt;b&gt;bold",
	} {
		if !strings.Contains(strings.ReplaceAll(html, "svg+xml", "svg&#43;xml"), want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, bad := range []string{"alert(1)", "alert(2)", `id="charts"`, `id="learning"`, "best ", "higher is better", "lower is better", "fingerprint", "prints"} {
		if strings.Contains(body(html), bad) {
			t.Errorf("the report has %q", bad)
		}
	}
}

// No word of an experiment is in the code of reports.
func TestNoDomainWord(t *testing.T) {
	for _, pattern := range []string{"*.go", "page/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if word := regexp.MustCompile(`(?i)finger|impostor|\beer\b|\broc\b|\bdet\b|siamese|rejects|zcut`).Find(text); word != nil {
				t.Errorf("%s: %q", name, word)
			}
		}
	}
}

// body is the page without style sheet and scripts.
func body(html string) string {
	_, rest, _ := strings.Cut(html, "</style>")
	before, _, _ := strings.Cut(rest, `<script type="application/json" id="trials">`)
	return before
}
