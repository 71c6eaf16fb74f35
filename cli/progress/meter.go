package progress

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"whorl/cli/printable"
	"whorl/pipeline/stage"
)

// A meter follows one running stage and works out its rate and the time left.
type meter struct {
	lines   *Lines // of the run
	name    string
	started time.Time
	said    time.Time // when there was a plain line about it
	last    stage.Progress
	// The rate is taken from the first report on, so that what a stage does
	// before it can count (loading, compiling) does not spoil it.
	first   time.Time
	base    int64
	current time.Time
}

func newMeter(l *Lines, name string, now time.Time) *meter {
	return &meter{lines: l, name: name, started: now, said: now}
}

func (m *meter) update(p stage.Progress, now time.Time) {
	if m.first.IsZero() || p.Done < m.last.Done {
		m.first, m.base = now, p.Done
	}
	m.last, m.current = p, now
}

// rate is in units a second, 0 while it is not known.
func (m *meter) rate() float64 {
	d := m.current.Sub(m.first).Seconds()
	if d < 0.2 {
		return 0
	}
	return float64(m.last.Done-m.base) / d
}

// left is the time that remains at the present rate, 0 while it is not known.
func (m *meter) left() time.Duration {
	r := m.rate()
	if r <= 0 || m.last.Total <= m.last.Done {
		return 0
	}
	return time.Duration(float64(m.last.Total-m.last.Done) / r * float64(time.Second))
}

// describe gives phase, figures (at most so many; all if negative), rate and
// time left, without the name.
func (m *meter) describe(figures int) string {
	var parts []string
	if m.last.Phase != "" {
		parts = append(parts, m.last.Phase)
	}
	for i, v := range m.last.Values {
		if i == figures {
			break
		}
		parts = append(parts, fmt.Sprintf("%s %.4g", v.Name, v.Value))
	}
	if r := m.rate(); r > 0 && m.last.Unit != "" {
		parts = append(parts, fmt.Sprintf("%s %s/s", number(r), m.last.Unit))
	}
	if l := m.left(); l > 0 {
		parts = append(parts, duration(l)+" left")
	}
	return strings.Join(parts, ", ")
}

// line is the live line of at most so many cells. Where they are few the bar
// goes before the figures do, and these before the time left.
func (m *meter) line(now time.Time, cells int) string {
	var text string
	for _, fit := range []struct{ bar, figures int }{{20, -1}, {8, -1}, {0, -1}, {8, 1}, {0, 1}, {0, 0}} {
		text = m.lines.prefix + m.name
		if m.last.Total > 0 {
			text += " " + m.bar(fit.bar)
		}
		if s := m.describe(fit.figures); s != "" {
			text += " " + s
		} else {
			text += " " + duration(now.Sub(m.started))
		}
		text = printable.Text(strings.ReplaceAll(text, "\n", " "))
		if utf8.RuneCountInString(text) <= cells {
			return text
		}
	}
	return cut(text, cells)
}

// bar draws the share done, in so many cells and in per cent.
func (m *meter) bar(width int) string {
	share := min(max(float64(m.last.Done)/float64(m.last.Total), 0), 1)
	full := int(share * float64(width))
	return strings.TrimSpace(fmt.Sprintf("%s%s %3.0f%%", strings.Repeat("━", full), strings.Repeat("╌", width-full), share*100))
}

func number(x float64) string {
	if x >= 100 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// duration rounds to what a person reads: 0.42s, 12.3s, 3m05s, 2h07m.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}
