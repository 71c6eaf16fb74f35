package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline"
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
	d.Heading("[1/2] ", "trial 1 of 2")
	d.Started("train")
	d.Progress("train", epoch(1, 0))
	c.advance(time.Second)
	d.Progress("train", epoch(1, 50)) // same phase, too soon: no line
	c.advance(time.Second)
	d.Progress("train", epoch(2, 100)) // says what the first epoch ended with
	c.advance(repeat)
	d.Progress("train", epoch(2, 200))
	d.Finished(pipeline.StageResult{Name: "train", Status: pipeline.Ran, Seconds: 65})
	d.Finished(pipeline.StageResult{Name: "label", Status: pipeline.Cached, Cost: 1.5})
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

func TestLive(t *testing.T) {
	var out bytes.Buffer
	c := &clock{t: time.Unix(0, 0)}
	d := New(&out)
	d.now, d.live, d.width = c.now, true, func() int { return 30 }
	d.Started("train")
	c.advance(time.Second)
	d.Progress("train", epoch(1, 100))
	d.Finished(pipeline.StageResult{Name: "train", Status: pipeline.Broken, Seconds: 1})
	d.Close()
	want := "train 0.00s\n" +
		"\x1b[1A\x1b[J" + "train ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  5\n" + // clipped to 29 cells
		"\x1b[1A\x1b[J" + "train: failed after 1.00s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("terminal output (-want +got):\n%s", diff)
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
