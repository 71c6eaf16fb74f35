package progress

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"whorl/cli/printable"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

const (
	redraw = 100 * time.Millisecond // between frames on a terminal
	repeat = 10 * time.Second       // between plain lines about a stage
)

// A Display shows running stages. Its methods, and those of its Lines, may be
// called by several goroutines at once.
type Display struct {
	mu   sync.Mutex
	w    io.Writer
	live bool // w is a terminal: redraw in place
	size func() (width, height int)
	now  func() time.Time

	out   bytes.Buffer // what is to be written
	flush *time.Timer  // set while something may wait there

	running []*meter
	below   []string // live lines below those of the running stages
	drawn   []int    // cells of each live line on the screen
	last    time.Time
}

// Lines show the stages of one run. The runs of a display may have stages of
// the same names.
type Lines struct {
	d      *Display
	prefix string
	brief  bool
}

// Lines returns the lines of a run.
func (d *Display) Lines() *Lines { return &Lines{d: d} }

// Trial returns the lines of one run of many, with prefix before each, such as
// "[3/8] ". They leave out the cached stages and, on a terminal, all that have
// ended well.
func (d *Display) Trial(prefix string) *Lines { return &Lines{d: d, prefix: prefix, brief: true} }

// Live reports whether the display redraws in place.
func (d *Display) Live() bool { return d.live }

// Below shows lines below those of the running stages, where the display is
// live. Lines that do not fit are cut off.
func (d *Display) Below(lines []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.below = lines
	d.draw(true)
	d.write()
}

// New returns a display on w, live if w is a terminal that can move its cursor.
// Control characters in what it shows are made visible.
func New(w io.Writer) *Display {
	if p, ok := w.(printable.Writer); ok {
		w = p.W // it would also change the codes that move the cursor
	}
	d := &Display{w: w, now: time.Now}
	if f, ok := w.(*os.File); ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) {
		d.live = true
		d.size = func() (width, height int) {
			if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 0 {
				return w, h
			}
			return 80, 24
		}
	}
	return d
}

// Started adds a stage to those shown as running.
func (l *Lines) Started(name string) {
	d := l.d
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running = append(d.running, newMeter(l, name, d.now()))
	d.draw(true)
	d.write()
}

// Progress updates what is shown of a running stage.
func (l *Lines) Progress(name string, p stage.Progress) {
	d := l.d
	d.mu.Lock()
	defer d.mu.Unlock()
	i := l.find(name)
	if i < 0 {
		return
	}
	m := d.running[i]
	defer d.write()
	now := d.now()
	// A phase that ends with figures, as an epoch does, is worth a line.
	if !d.live && p.Phase != m.last.Phase && len(m.last.Values) > 0 {
		d.say(m)
	}
	m.update(p, now)
	if d.live {
		d.draw(false)
		return
	}
	if now.Sub(m.said) >= repeat {
		d.say(m)
	}
}

// say prints a plain line about a running stage.
func (d *Display) say(m *meter) {
	if s := m.describe(-1); s != "" {
		m.said = d.now()
		d.print(m.lines.prefix + m.name + ": " + s)
	}
}

// Finished takes a stage off those shown as running and says what became of
// it.
func (l *Lines) Finished(r record.Stage) {
	d := l.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := l.find(r.Name); i >= 0 {
		m := d.running[i]
		if !d.live && len(m.last.Values) > 0 && m.said.Before(m.current) {
			d.say(m)
		}
		d.running = slices.Delete(d.running, i, i+1)
	}
	if !l.brief || r.Status != record.Cached && !(d.live && r.Status == record.Ran) {
		d.print(l.prefix + summary(r))
	}
	d.draw(true)
	if r.Status == record.Cached {
		d.writeSoon() // a thousand may come at once
		return
	}
	d.write()
}

// Print prints a line above the live ones.
func (l *Lines) Print(line string) { l.d.Print(l.prefix + line) }

// find returns the index of a running stage, or -1.
func (l *Lines) find(name string) int {
	return slices.IndexFunc(l.d.running, func(m *meter) bool { return m.lines == l && m.name == name })
}

func summary(r record.Stage) string {
	seconds := func(s float64) string { return duration(time.Duration(s * float64(time.Second))) }
	switch r.Status {
	case record.Ran:
		return fmt.Sprintf("%s: ran in %s", r.Name, seconds(r.Seconds))
	case record.Cached:
		return fmt.Sprintf("%s: cached, saved %s", r.Name, seconds(r.Cost))
	case record.StageFailed:
		return fmt.Sprintf("%s: failed after %s", r.Name, seconds(r.Seconds))
	default:
		return fmt.Sprintf("%s: %s", r.Name, r.Status)
	}
}

// Print prints a line above the live ones.
func (d *Display) Print(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.print(line)
	d.draw(true)
	d.write()
}

// Close removes the live lines.
func (d *Display) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running, d.below = nil, nil
	d.erase()
	d.write()
}

// write brings to the screen what has been printed and drawn.
func (d *Display) write() {
	if d.flush != nil {
		d.flush.Stop()
		d.flush = nil
	}
	if d.out.Len() > 0 {
		d.w.Write(d.out.Bytes())
		d.out.Reset()
	}
}

// writeSoon does so within a frame's time.
func (d *Display) writeSoon() {
	if d.flush == nil {
		d.flush = time.AfterFunc(redraw, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.write()
		})
	}
}

// print writes a permanent line; live lines must be drawn again after it.
func (d *Display) print(line string) {
	d.erase()
	fmt.Fprintln(&d.out, printable.Text(line))
}

// erase removes the live lines. A terminal that has become narrower since they
// were drawn has wrapped them. The cursor is brought to the margin because what
// is typed meanwhile, such as ^C, is echoed behind it.
func (d *Display) erase() {
	if len(d.drawn) == 0 {
		return
	}
	width, _ := d.size()
	rows := 0
	for _, cells := range d.drawn {
		rows += 1 + max(cells-1, 0)/width
	}
	// Line by line: some terminals keep a copy of a screen that is cleared.
	d.out.WriteString("\r" + strings.Repeat("\x1b[A\x1b[2K", rows))
	d.drawn = d.drawn[:0]
}

// draw shows the live lines, at most once a frame unless forced.
func (d *Display) draw(force bool) {
	if !d.live {
		return
	}
	now := d.now()
	if !force && now.Sub(d.last) < redraw {
		return
	}
	d.last = now
	d.erase()
	width, height := d.size()
	lines := make([]string, 0, len(d.running)+len(d.below))
	for _, m := range d.running {
		lines = append(lines, m.line(now, width-1))
	}
	for _, line := range d.below {
		lines = append(lines, cut(printable.Text(line), width-1))
	}
	// A line above the top of the screen could not be erased.
	for _, text := range lines[:min(len(lines), max(1, height-1))] {
		fmt.Fprintln(&d.out, text)
		d.drawn = append(d.drawn, utf8.RuneCountInString(text))
	}
}

// cut shortens a text to so many cells.
func cut(text string, cells int) string {
	if utf8.RuneCountInString(text) <= cells {
		return text
	}
	return string([]rune(text)[:max(cells, 0)])
}
