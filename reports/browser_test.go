package reports

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	cdpnetwork "github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "save screenshots of the browser tests in this `directory`")

// A browser has a page open and watches what the page should not do.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // that left the file
	problems []string // errors and warnings of the console
}

// open opens HTML in a headless browser of the given width. It skips the test
// if there is no browser.
func open(t *testing.T, html string, width int64) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("skipping browser test in short mode")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("skipping browser test: there is no chromium on the PATH")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(html), 0o666); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t}
	deadline, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(deadline, chromedp.WithAllocatorOptions(
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir())))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	_, err := chromedp.Call(ctx, cdpnetwork.Enable, cdpnetwork.EnableParams{})
	b.check(err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	b.check(err)
	b.media(&emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}) // no gliding from under a click
	b.do(chromedp.EmulateViewport(width, 1000), chromedp.Navigate("file://"+file))
	return b
}

func (b *browser) watch(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdpnetwork.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, "file:") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
			b.requests = append(b.requests, u)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		b.problems = append(b.problems, text)
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprint("console.", e.Type))
	case *log.EventEntryAdded:
		b.problems = append(b.problems, e.Entry.Text)
	}
}

func (b *browser) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.check(chromedp.Do(b.ctx, steps...))
}

// eval returns what a JavaScript expression gives.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	b.check(err)
	return v
}

// drawAll brings every chart near, so that it is drawn.
func (b *browser) drawAll() {
	b.t.Helper()
	for i := range eval[int](b, `document.querySelectorAll("details").forEach(d => d.open = true); document.querySelectorAll("figure.plot").length`) {
		b.do(chromedp.ScrollIntoView(chromedp.CSS("#" + eval[string](b, fmt.Sprintf(`document.querySelectorAll("figure.plot")[%d].id`, i)))))
		b.until(fmt.Sprintf(`document.querySelectorAll("figure.plot")[%d].querySelector("svg") !== null`, i))
	}
}

// until waits for a JavaScript expression to become true.
func (b *browser) until(expression string) {
	b.t.Helper()
	for range 200 {
		if eval[bool](b, expression) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain for %s", expression)
}

// shot saves a screenshot of an element if asked for.
func (b *browser) shot(name, selector string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	b.check(err)
	b.check(os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o666))
}

func (b *browser) media(features ...*emulation.MediaFeature) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	b.check(err)
}

// quiet checks that the page asked for nothing and complained of nothing.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) > 0 {
		b.t.Errorf("the page asked for %q", b.requests)
	}
	if len(b.problems) > 0 {
		b.t.Errorf("the console says %q", b.problems)
	}
}

func TestBrowser(t *testing.T) {
	src, opts := fixture()
	b := open(t, render(t, src, opts), 1440)

	t.Run("charts", func(t *testing.T) {
		b.t = t
		b.drawAll()
		empty := eval[[]string](b, `[...document.querySelectorAll("figure.plot")].filter(f => !(f.querySelectorAll(".chart svg path").length > 5)).map(f => f.id)`)
		if n := eval[int](b, `document.querySelectorAll("figure.plot").length`); n < 5 || len(empty) > 0 {
			t.Errorf("%d charts, of which nothing was drawn for %q", n, empty)
		}
		for _, section := range eval[[]string](b, `[...document.querySelectorAll("section")].map(s => s.id)`) {
			b.shot(section, "#"+section)
		}
	})
	t.Run("hide", func(t *testing.T) {
		b.t = t
		lines := `echarts.getInstanceByDom(document.querySelector("#declared-1 .chart")).getOption().series.filter(s => s.type === "line" && s.color === "` + palette[0] + `").length`
		b.do(chromedp.ScrollIntoView(chromedp.CSS("#declared-1")))
		b.until(lines + " === 2")
		b.do(chromedp.Click(chromedp.CSS(`aside input[data-trial="0"]`)))
		b.until(lines + " === 1")
		if !eval[bool](b, `document.querySelector('input[data-group="0"]').indeterminate && !document.querySelector('#run-table input[data-trial="0"]').checked`) {
			t.Error("the other boxes do not follow")
		}
		if eval[bool](b, `document.querySelector(".matrix.run-0").checkVisibility() || !document.querySelector(".matrix.run-1").checkVisibility()`) {
			t.Error("the matrices of the hidden run are shown, or others are not")
		}
		b.do(chromedp.Click(chromedp.CSS(`[data-show="all"]`)))
		b.until(lines + " === 2")
	})
	t.Run("none", func(t *testing.T) {
		b.t = t
		b.do(chromedp.Click(chromedp.CSS(`[data-show="none"]`)))
		b.drawAll()
		if n := eval[int](b, `[...document.querySelectorAll(".matrix.only-run, #pictures figure")].filter(e => e.checkVisibility()).length`); n > 0 {
			t.Errorf("%d matrices and pictures are shown of no run", n)
		}
		b.do(chromedp.Click(chromedp.CSS("#theme")), chromedp.Click(chromedp.CSS("#theme")), chromedp.Click(chromedp.CSS(`[data-show="all"]`)))
	})
	t.Run("sort", func(t *testing.T) {
		b.t = t
		column := `[...document.querySelectorAll("#run-table thead th")].findIndex(th => th.querySelector("[data-field='evaluate.eer']"))`
		values := `[...document.querySelectorAll("#run-table tbody tr")].map(r => r.cells[` + column + `].textContent.replace(/%.*|–/, ""))`
		eval[bool](b, `document.querySelectorAll("#run-table thead th")[`+column+`].querySelector("button").focus(), true`)
		for _, order := range []string{"ascending", "descending"} {
			b.do(chromedp.KeyEvent("\r"))
			got := eval[[]string](b, values)
			if got[len(got)-1] != "" {
				t.Errorf("%s: the run without a value is not last: %q", order, got)
			}
			want := slices.Clone(got[:len(got)-1])
			slices.SortStableFunc(want, func(a, b string) int {
				x, _ := strconv.ParseFloat(a, 64)
				y, _ := strconv.ParseFloat(b, 64)
				if order == "descending" {
					x, y = y, x
				}
				return cmp.Compare(x, y)
			})
			if !slices.Equal(got[:len(got)-1], want) {
				t.Errorf("%s: %q", order, got)
			}
			if s := eval[string](b, `document.querySelectorAll("#run-table thead th")[`+column+`].getAttribute("aria-sort")`); s != order {
				t.Errorf("aria-sort is %q, want %q", s, order)
			}
		}
	})
	t.Run("filter", func(t *testing.T) {
		b.t = t
		rows := `[...document.querySelectorAll("#run-table tbody tr:not([hidden])")].length`
		for _, test := range []struct {
			query string
			want  int
		}{{"abs", 4}, {"abs policy=tutorial", 2}, {"seed=2", 4}, {"eer<5%", 3}, {"nothing like it", 0}, {"", 8}} {
			eval[bool](b, `(q => { const f = document.querySelector("#filter"); f.value = q; f.dispatchEvent(new Event("input")); return true; })(`+strconv.Quote(test.query)+`)`)
			if got := eval[int](b, rows); got != test.want {
				t.Errorf("%q leaves %d runs, want %d", test.query, got, test.want)
			}
		}
	})
	t.Run("address", func(t *testing.T) {
		b.t = t
		eval[bool](b, `(q => { const f = document.querySelector("#filter"); f.value = q; f.dispatchEvent(new Event("input")); return true; })("merge=abs")`)
		b.do(chromedp.Click(chromedp.CSS("#fold")))
		b.do(chromedp.Click(chromedp.CSS(`[data-field="evaluate.eer"]`)))
		b.do(chromedp.Click(chromedp.CSS("#run-table [data-pin]")))
		want := eval[string](b, `document.querySelector("#run-table").innerText`)
		if !strings.Contains(want, "2 runs") || !strings.Contains(want, "★") || !strings.Contains(want, " pt") {
			t.Errorf("the table is not folded, or has no differences:\n%s", want)
		}
		b.do(chromedp.Reload())
		if got := eval[string](b, `document.querySelector("#run-table").innerText`); got != want {
			t.Errorf("after loading the address again:\n%s\nwant\n%s", got, want)
		}
		md, tex := eval[string](b, `whorl.runs.markdown()`), eval[string](b, `whorl.runs.latex()`)
		if !strings.HasPrefix(md, "| run | state |") || !strings.Contains(tex, `\\begin{tabular}`[1:]) || strings.Contains(tex, "☆") {
			t.Errorf("exports:\n%s\n%s", md, tex)
		}
		eval[bool](b, `(location.hash = "q=", true)`)
		b.until(`document.querySelectorAll("#run-table tbody tr").length === 8`)
	})
	t.Run("error", func(t *testing.T) {
		b.t = t
		eval[bool](b, `(q => { const f = document.querySelector("#filter"); f.value = q; f.dispatchEvent(new Event("input")); return true; })("polcy=none")`)
		if got := eval[string](b, `document.querySelector("#filter-error").textContent`); !strings.Contains(got, `did you mean "augment.policy"?`) {
			t.Errorf("the error says %q", got)
		}
		eval[bool](b, `(q => { const f = document.querySelector("#filter"); f.value = q; f.dispatchEvent(new Event("input")); return true; })("")`)
	})
	t.Run("tip", func(t *testing.T) {
		b.t = t
		b.do(chromedp.ScrollIntoView(chromedp.CSS("#declared-1")))
		box := eval[[]float64](b, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector("#declared-1 .chart").getBoundingClientRect())`)
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, box[0], box[1]))
		b.until(`document.querySelector("#declared-1 .tip") !== null`)
		tip := eval[string](b, `document.querySelector("#declared-1 .tip").innerText`)
		for _, want := range []string{"false match rate", "#1 none · subtract · seed 1", "#7 tutorial · abs · seed 1", "%"} {
			if !strings.Contains(tip, want) {
				t.Errorf("the tip %q lacks %q", tip, want)
			}
		}
	})
	t.Run("dark", func(t *testing.T) {
		b.t = t
		b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
		background := eval[string](b, `getComputedStyle(document.body).backgroundColor`)
		if background != "rgb(20, 22, 27)" {
			t.Errorf("the page is %s in the dark", background)
		}
		b.shot("dark", "main")
		b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "light"})
	})
	t.Run("narrow", func(t *testing.T) {
		b.t = t
		b.do(chromedp.EmulateViewport(390, 800))
		time.Sleep(100 * time.Millisecond) // the charts follow in the next frame
		if w := eval[int](b, `document.documentElement.scrollWidth`); w > 390 {
			t.Errorf("the page is %d wide on a screen of 390", w)
		}
		b.shot("narrow", "main")
		b.do(chromedp.EmulateViewport(1440, 1000))
	})
	t.Run("cut", func(t *testing.T) {
		b.t = t
		b.do(chromedp.EmulateViewport(1000, 800))
		table := `document.querySelector("#run-table").parentElement`
		b.until(table + `.classList.contains("cut-right")`)
		eval[bool](b, table+`.scrollLeft = 1e6, true`)
		b.until(`!` + table + `.classList.contains("cut-right")`)
		b.do(chromedp.EmulateViewport(1440, 1000))
	})
	t.Run("zoom", func(t *testing.T) {
		b.t = t
		b.do(chromedp.ScrollIntoView(chromedp.CSS("#pictures .zoom")), chromedp.Click(chromedp.CSS("#pictures .zoom")))
		b.until(`document.querySelector("#zoom").open`)
		if eval[bool](b, `(i => i.clientWidth < i.naturalWidth || i.clientHeight < i.naturalHeight)(document.querySelector("#zoom img"))`) {
			t.Error("the picture is not enlarged to its size")
		}
		b.do(chromedp.KeyEvent("\x1b"))
		b.until(`!document.querySelector("#zoom").open`)
	})
	t.Run("paper", func(t *testing.T) {
		b.t = t
		b.do(chromedp.EmulateViewport(960, 700)) // letter paper less its margins, the narrower of the usual ones
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		b.check(err)
		eval[bool](b, `dispatchEvent(new Event("beforeprint"))`)
		if wide := eval[[]string](b, `[...document.querySelectorAll("table, svg, img")].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > 961).map(e => e.tagName + " in " + e.closest("section")?.id)`); len(wide) > 0 {
			t.Errorf("wider than the paper: %q", wide)
		}
		if cut := eval[[]string](b, `[...document.querySelectorAll(".chart svg")].filter(s => s.getAttribute("width") !== "560" || s.getAttribute("viewBox") !== "0 0 560 350").map(s => s.closest("figure").id)`); len(cut) > 0 {
			t.Errorf("charts not made for the paper: %q", cut)
		}
		b.shot("paper", "main")
		eval[bool](b, `dispatchEvent(new Event("afterprint"))`)
		b.media(&emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
		b.do(chromedp.EmulateViewport(1440, 1000))
	})
	t.Run("print", func(t *testing.T) {
		b.t = t
		pdf, err := chromedp.Call(b.ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PreferCSSPageSize: new(true)})
		b.check(err)
		if len(pdf.Data) < 50_000 {
			t.Errorf("the printed report has %d bytes", len(pdf.Data))
		}
		if *shots != "" {
			b.check(os.WriteFile(filepath.Join(*shots, "report.pdf"), pdf.Data, 0o666))
		}
	})

	b.t = t
	b.quiet()
}
