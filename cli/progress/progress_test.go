package progress

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// clock is a time that a test moves by hand.
type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func epoch(n int, done int64) stage.Progress {
	return stage.Progress{
		Phase: "epoch " + string(rune('0'+n)) + "/2", Done: done, Total: 200, Unit: "pairs",
		Values: []stage.NamedValue{{Name: "loss", Value: 0.5}},
	}
}

func TestPlain(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(0, 0)}
	d := New(&out)
	d.now = c.now
	l := &Lines{d: d, prefix: "[1/2] "}
	l.Print("trial 1 of 2")
	l.Started("train")
	l.Progress("train", epoch(1, 0))
	c.advance(time.Second)
	l.Progress("train", epoch(1, 50)) // same phase, too soon: no line
	c.advance(time.Second)
	l.Progress("train", epoch(2, 100)) // says what the first epoch ended with
	c.advance(repeat)
	l.Progress("train", epoch(2, 200))
	l.Finished(record.Stage{Name: "train", Status: record.Ran, Seconds: 65})
	l.Finished(record.Stage{Name: "label", Status: record.Cached, Cost: 1.5})
	d.Close()
	want := strings.Join([]string{
		"[1/2] trial 1 of 2",
		"[1/2] train: epoch 1/2, loss 0.5, 50 pairs/s, 3.00s left",
		"[1/2] train: epoch 2/2, loss 0.5, 16.7 pairs/s",
		"[1/2] train: ran in 1m05s",
		"[1/2] label: cached, saved 1.50s",
		"",
	}, "\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("plain lines (-want +got):\n%s", diff)
	}
}

func TestCachedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out writes
		d := New(&out)
		l := d.Lines()
		for range 1000 {
			l.Finished(record.Stage{Name: "s", Status: record.Cached})
		}
		if got := out.take(); got != nil {
			t.Errorf("%d writes while stages are looked up", len(got))
		}
		time.Sleep(redraw)
		synctest.Wait()
		if got := out.take(); len(got) != 1 || strings.Count(got[0], "s: cached") != 1000 {
			t.Errorf("a frame later: %d writes, want one of 1000 lines", len(got))
		}
		l.Finished(record.Stage{Name: "s", Status: record.Cached})
		l.Finished(record.Stage{Name: "train", Status: record.Ran})
		if got := out.take(); len(got) != 1 || !strings.Contains(got[0], "train: ran") {
			t.Errorf("writes %q, want what ran, at once", got)
		}
		d.Close()
	})
}

// writes keeps what each Write was given.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(p))
	return len(p), nil
}

// take returns what was written since it was last called.
func (w *writes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

func TestLive(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(0, 0)}
	width := 100
	d := New(&out)
	d.now, d.live, d.size = c.now, true, func() (int, int) { return width, 24 }
	l := d.Lines()
	l.Started("train")
	c.advance(time.Second)
	l.Progress("train", epoch(1, 100))
	width = 20 // the terminal wraps the line to three rows
	l.Finished(record.Stage{Name: "train", Status: record.StageFailed, Seconds: 1})
	d.Close()
	want := "train 0.00s\n" +
		"\r\x1b[A\x1b[2K" + "train ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  50% epoch 1/2, loss 0.5\n" +
		"\r\x1b[A\x1b[2K\x1b[A\x1b[2K\x1b[A\x1b[2K" + "train: failed after 1.00s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("terminal output (-want +got):\n%s", diff)
	}
}

// TestTrials shows two runs at once, whose stages have the same name, above a
// table that is cut to the screen.
func TestTrials(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(0, 0)}
	d := New(&out)
	d.now, d.live, d.size = c.now, true, func() (int, int) { return 30, 4 }
	one, two := d.Trial("[1/2] "), d.Trial("[2/2] ")
	one.Started("train")
	two.Started("train")
	out.Reset()
	d.Below([]string{"a table that is wider than the screen is", "and higher"})
	one.Finished(record.Stage{Name: "train", Status: record.Ran, Seconds: 1})
	two.Finished(record.Stage{Name: "train", Status: record.StageFailed, Seconds: 1})
	d.Close()
	up := func(n int) string { return "\r" + strings.Repeat("\x1b[A\x1b[2K", n) }
	want := up(2) + "[1/2] train 0.00s\n[2/2] train 0.00s\na table that is wider than th\n" +
		up(3) + "[2/2] train 0.00s\na table that is wider than th\nand higher\n" +
		up(3) + "[2/2] train: failed after 1.00s\na table that is wider than th\nand higher\n" +
		up(2)
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("terminal output (-want +got):\n%s", diff)
	}
}

// TestBrief checks that the plain lines of a trial leave out cached stages.
func TestBrief(t *testing.T) {
	var out bytes.Buffer
	l := New(&out).Trial("[1/2] ")
	l.Finished(record.Stage{Name: "label", Status: record.Cached})
	l.Finished(record.Stage{Name: "train", Status: record.Ran, Seconds: 1})
	if got, want := out.String(), "[1/2] train: ran in 1.00s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLine checks what goes first where the terminal is narrow.
func TestLine(t *testing.T) {
	now := time.Unix(0, 0)
	m := newMeter(&Lines{prefix: "[5/8] "}, "train", now)
	p := stage.Progress{
		Phase: "epoch 1/6", Done: 0, Total: 6000, Unit: "pairs",
		Values: []stage.NamedValue{{Name: "loss", Value: 0.05612}, {Name: "accuracy", Value: 0.9866}},
	}
	m.update(p, now)
	now = now.Add(10 * time.Second)
	p.Done = 1500
	m.update(p, now)
	for _, c := range []struct {
		cells int
		want  string
	}{
		{120, "[5/8] train ━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  25% epoch 1/6, loss 0.05612, accuracy 0.9866, 150 pairs/s, 30.0s left"},
		{91, "[5/8] train ━━╌╌╌╌╌╌  25% epoch 1/6, loss 0.05612, accuracy 0.9866, 150 pairs/s, 30.0s left"},
		{85, "[5/8] train 25% epoch 1/6, loss 0.05612, accuracy 0.9866, 150 pairs/s, 30.0s left"},
		{79, "[5/8] train ━━╌╌╌╌╌╌  25% epoch 1/6, loss 0.05612, 150 pairs/s, 30.0s left"},
		{66, "[5/8] train 25% epoch 1/6, loss 0.05612, 150 pairs/s, 30.0s left"},
		{52, "[5/8] train 25% epoch 1/6, 150 pairs/s, 30.0s left"},
		{20, "[5/8] train 25% epoc"},
		{0, ""},
	} {
		if got := m.line(now, c.cells); got != c.want {
			t.Errorf("in %d cells:\n%s, want\n%s", c.cells, got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		420 * time.Millisecond:          "0.42s",
		12345 * time.Millisecond:        "12.3s",
		3*time.Minute + 5*time.Second:   "3m05s",
		2*time.Hour + 7*time.Minute:     "2h07m",
		59*time.Minute + 59*time.Second: "59m59s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
}
