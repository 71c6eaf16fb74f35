package progress

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"whorl/pipeline"
	"whorl/pipeline/stage"
)

const (
	redraw = 100 * time.Millisecond // between frames on a terminal
	repeat = 10 * time.Second       // between plain lines about a stage
)

// A Display shows running stages. Its methods may be called by several
// goroutines at once.
type Display struct {
	mu     sync.Mutex
	w      io.Writer
	live   bool // w is a terminal: redraw in place
	width  func() int
	now    func() time.Time
	prefix string

	out   bytes.Buffer // what is to be written
	flush *time.Timer  // set while something may wait there

	running []*meter
	drawn   []int // cells of each live line on the screen
	last    time.Time
	said    map[string]time.Time // when there was a plain line about a stage
}

// New returns a display on w, live if w is a terminal that can move its cursor.
func New(w io.Writer) *Display {
	d := &Display{w: w, now: time.Now, said: map[string]time.Time{}}
	if f, ok := w.(*os.File); ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) {
		d.live = true
		d.width = func() int {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
				return n
			}
			return 80
		}
	}
	return d
}

// Heading prints a line and puts prefix before the lines that follow, as
// "[3/8] " for the third trial of a sweep.
func (d *Display) Heading(prefix, format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.prefix = prefix
	d.print(fmt.Sprintf(format, args...))
	d.draw(true)
	d.write()
}

// Started adds a stage to those shown as running.
func (d *Display) Started(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	d.running = append(d.running, newMeter(name, now))
	d.said[name] = now
	d.draw(true)
	d.write()
}

// Progress updates what is shown of a running stage.
func (d *Display) Progress(name string, p stage.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.find(name)
	if m == nil {
		return
	}
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
	if now.Sub(d.said[name]) >= repeat {
		d.say(m)
	}
}

// say prints a plain line about a running stage.
func (d *Display) say(m *meter) {
	if s := m.describe(-1); s != "" {
		d.said[m.name] = d.now()
		d.print(m.name + ": " + s)
	}
}

// Finished takes a stage off those shown as running and says what became of
// it.
func (d *Display) Finished(r pipeline.StageResult) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, m := range d.running {
		if m.name == r.Name {
			if !d.live && len(m.last.Values) > 0 && d.said[m.name].Before(m.current) {
				d.say(m)
			}
			d.running = append(d.running[:i], d.running[i+1:]...)
			break
		}
	}
	d.print(summary(r))
	d.draw(true)
	if r.Status == pipeline.Cached {
		d.writeSoon() // a thousand may come at once
		return
	}
	d.write()
}

func summary(r pipeline.StageResult) string {
	seconds := func(s float64) string { return duration(time.Duration(s * float64(time.Second))) }
	switch r.Status {
	case pipeline.Ran:
		return fmt.Sprintf("%s: ran in %s", r.Name, seconds(r.Seconds))
	case pipeline.Cached:
		return fmt.Sprintf("%s: cached, saved %s", r.Name, seconds(r.Cost))
	case pipeline.Broken:
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
	d.running = nil
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

func (d *Display) find(name string) *meter {
	for _, m := range d.running {
		if m.name == name {
			return m
		}
	}
	return nil
}

// print writes a permanent line; live lines must be drawn again after it.
func (d *Display) print(line string) {
	d.erase()
	fmt.Fprintln(&d.out, d.prefix+line)
}

// erase removes the live lines. A terminal that has become narrower since they
// were drawn has wrapped them. The cursor is brought to the margin because what
// is typed meanwhile, such as ^C, is echoed behind it.
func (d *Display) erase() {
	if len(d.drawn) == 0 {
		return
	}
	rows, width := 0, d.width()
	for _, cells := range d.drawn {
		rows += 1 + max(cells-1, 0)/width
	}
	// Line by line: some terminals keep a copy of a screen that is cleared.
	d.out.WriteString("\r" + strings.Repeat("\x1b[A\x1b[2K", rows))
	d.drawn = d.drawn[:0]
}

// draw shows a line for each running stage, at most once a frame unless
// forced.
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
	width := d.width()
	for _, m := range d.running {
		text := m.line(d.prefix, now, width-1)
		fmt.Fprintln(&d.out, text)
		d.drawn = append(d.drawn, utf8.RuneCountInString(text))
	}
}
