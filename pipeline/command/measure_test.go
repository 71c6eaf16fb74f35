package command

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"whorl/pipeline/stage"
)

func text(ms []stage.Metric) string {
	words := make([]string, len(ms))
	for i, m := range ms {
		words[i] = fmt.Sprintf("%s=%v", m.Name, m.Value)
		if m.Step != stage.NoStep {
			words[i] = fmt.Sprintf("%s@%d=%v", m.Name, m.Step, m.Value)
		}
	}
	return strings.Join(words, " ")
}

func TestReadMetrics(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"rmse": 0.5, "n": 3}`, "rmse=0.5 n=3"},
		{"\ufeff{\n\"hard\": {\"eer\": 1e-3, \"more\": {\"x\": -2}}, \"eer\": 0}\r\n", "hard.eer=0.001 hard.more.x=-2 eer=0"},
		{`{"a": NaN, "b": Infinity, "c": -Infinity}`, "a=NaN b=+Inf c=-Inf"},
		{`{}`, ""},
		{`{"\u00e9": 1}`, "é=1"},
		{``, "m.json:1:1: want an object of numbers"},
		{`[1]`, "m.json:1:1: want an object of numbers"},
		{"{\n  \"a\": \"1\"}", `m.json:2:8: metric "a": want a number, not a string`},
		{`{"a": [1]}`, `m.json:1:7: metric "a": want a number, not a list`},
		{`{"a": true}`, `m.json:1:7: metric "a": want a number, not true`},
		{`{"a": null}`, `m.json:1:7: metric "a": want a number, not null`},
		{`{"a": 1e999}`, `m.json:1:7: metric "a": want a number, not 1e999`},
		{`{"a": 0x10}`, `want a number, not 0x10`},
		{`{"a": 1, "a": 2}`, `m.json:1:10: metric "a" is given twice`},
		{`{"a": {"b": 1}, "a.b": 2}`, `m.json:1:17: metric "a.b" is given twice`},
		{`{"a": 1} x`, `m.json:1:10: more follows`},
		{`{"a": 1`, `m.json:1:8: want a comma or }`},
		{`{"a" 1}`, `m.json:1:6: want a colon`},
		{`{a: 1}`, `m.json:1:2: want a name in double quotes`},
		{`{"": 1}`, `m.json:1:2: a metric has no name`},
		{`{"a\nb": 1}`, `m.json:1:2: the name of a metric has a character that does not print`},
		{`{"a`, `m.json:1:2: the name has no closing quote`},
		{strings.Repeat(`{"a":`, 200), "objects lie in each other more than 100 deep"},
	} {
		ms, err := ReadMetrics("m.json", []byte(c.in))
		got := text(ms)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%.40q: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestReadSeries(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"step,loss\n1,0.5\n2,0.25\n", "loss@1=0.5 loss@2=0.25"},
		{"\ufeffloss,epoch\r\n0.5,0\r\n\r\nnan,3", "loss@0=0.5 loss@3=NaN"},
		{"step,a,b\n1,,2\n2,-inf,\n", "b@1=2 a@2=-Inf"},
		{"step,epoch,\"x, y\"\n1,1,3\n", "epoch@1=1 x, y@1=3"},
		{"step,loss\n", ""},
		{"", "h.csv:1:1: want a header"},
		{"time,loss\n1,2\n", `h.csv:1:1: the header has no column "step" or "epoch" (available: time, loss)`},
		{"step,loss,loss\n", `h.csv:1:11: column "loss" is given twice`},
		{"step,loss\n1,high\n", `h.csv:2:3: metric "loss": want a number, not "high"`},
		{"step,loss\n1\n", "h.csv:2:1: want 2 fields, as the header has, not 1"},
		{"step,loss\n1.5,2\n", "h.csv:2:1: step: want an integer that is not negative, not \"1.5\""},
		{"step,loss\n2,1\n\n2,1\n", "h.csv:4:1: step 2 comes after 2: steps must increase"},
		{"step,loss\n1,\"2\n", "h.csv:2:1: the line is not CSV"},
	} {
		ms, err := ReadSeries("h.csv", []byte(c.in))
		got := text(ms)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%q: got %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzReadMetrics(f *testing.F) {
	f.Add([]byte(`{"a": {"b": NaN}, "c": -1e3}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, err := ReadMetrics("m", b)
		if err != nil && !strings.HasPrefix(err.Error(), "m:") {
			t.Errorf("an error without a position: %v", err)
		}
		seen := map[string]bool{}
		for _, m := range ms {
			if seen[m.Name] || m.Name == "" || m.Step != stage.NoStep {
				t.Errorf("bad metric %+v", m)
			}
			seen[m.Name] = true
		}
	})
}

func FuzzReadSeries(f *testing.F) {
	f.Add([]byte("step,a\n1,2\n3,nan\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, err := ReadSeries("m", b)
		if err != nil && !strings.HasPrefix(err.Error(), "m:") {
			t.Errorf("an error without a position: %v", err)
		}
		last := map[string]int{}
		for _, m := range ms {
			if step, ok := last[m.Name]; ok && m.Step <= step {
				t.Errorf("step %d of %s comes after %d", m.Step, m.Name, step)
			}
			last[m.Name] = m.Step
		}
	})
}

func TestProgressLines(t *testing.T) {
	for line, want := range map[string]string{
		"whorl: progress 3/15 loss=0.2 acc=nan": "3/15 [{loss 0.2} {acc NaN}]",
		"whorl: progress 7":                     "7/0 []",
		"whorl: progress 1/2\r":                 "1/2 []",
		"whorl: progress 3/15 loss=low":         "",
		"whorl: progress x":                     "",
		"whorl: progress 1/2 done":              "",
		"echo whorl: progress 1/2":              "",
		"whorl: progress 99999999999999999999":  "",
	} {
		got := ""
		if p, ok := readProgress(line); ok {
			got = fmt.Sprintf("%d/%d %v", p.Done, p.Total, p.Values)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// TestMeasured runs commands that leave metrics.
func TestMeasured(t *testing.T) {
	both := Metrics{File: "m/metrics.json", Series: "history.csv"}
	for name, c := range map[string]struct {
		cmd     string
		metrics Metrics
		want    string // metrics, or a part of the error
	}{
		"file":     {`echo '{"rmse": 1.5}' > {metrics}`, Metrics{File: "metrics.json"}, "rmse=1.5"},
		"both":     {`printf 'step,loss\n1,2\n2,1\n' > {series}; echo '{"rmse": 1.5}' > {metrics}`, both, "loss@1=2 loss@2=1 rmse=1.5"},
		"neither":  {`true`, Metrics{File: "metrics.json"}, "did not make the file of metrics metrics.json"},
		"series":   {`echo '{}' > {metrics}`, both, "did not make the file of metrics history.csv"},
		"bad":      {`echo '{"a": x}' > {metrics}`, Metrics{File: "metrics.json"}, "metrics.json:1:7: metric"},
		"link":     {`echo '{}' > x; ln -s x {metrics}`, Metrics{File: "metrics.json"}, "metrics metrics.json"},
		"pipe":     {`mkfifo {metrics}`, Metrics{File: "metrics.json"}, "it is not a regular file"},
		"the same": {`printf 'step,loss\n1,2\n' > {series}; echo '{"loss": 1.5}' > {metrics}`, both, `metric "loss" is a series in history.csv too`},
		"seed":     {`test $WHORL_SEED = {seed}; echo "{\"seed\": $WHORL_SEED}" > {metrics}`, Metrics{File: "metrics.json"}, "seed=7"},
		"rewritten": {
			`printf 'step,loss\n1,2\n' > h; cp h history.csv; sleep 1; printf 'step,loss\n1,3\n2,1\n' > history.csv`,
			Metrics{Series: "history.csv"},
			"history.csv: lines were changed after they had been written",
		},
		"written again, the same": {
			`printf 'step,loss\n1,2\n' > history.csv; sleep 0.5; printf 'step,loss\n1,2\n2,1\n' > history.csv`,
			Metrics{Series: "history.csv"},
			"loss@1=2 loss@2=1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, err := measure(t, Spec{Cmd: c.cmd, Metrics: c.metrics, Seed: true})
			got := text(rec.metrics)
			if err != nil {
				got = err.Error()
			}
			if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
				t.Errorf("got %s, want %s\n%s", got, c.want, rec.log.String())
			}
		})
	}
}

// TestWatched checks that lines of a series and of progress are told while the
// command runs, and that lines of progress are not logged.
func TestWatched(t *testing.T) {
	told := make(chan string, 10)
	s := Spec{
		Cmd:     `printf 'step,loss\n1,2\n' >> {series}; echo whorl: progress 1/2 acc=0.5; until test -e go; do sleep 0.02; done; printf '2,' >> {series}; printf '1\n' >> {series}`,
		Metrics: Metrics{Series: "history.csv"},
	}
	rec, err := measure(t, s, func(r *recorder, dir string) {
		r.told = func(what string) { told <- what }
		go func() {
			seen := map[string]bool{}
			for !seen["loss@1=2"] || !seen["1/2 [{acc 0.5}]"] {
				select {
				case what := <-told:
					seen[what] = true
				case <-time.After(10 * time.Second):
					return // the command waits for ever, and the test fails by its timeout
				}
			}
			touch(dir, "work/go")
		}()
	})
	if err != nil || text(rec.metrics) != "loss@1=2 loss@2=1" {
		t.Errorf("got %s, %v", text(rec.metrics), err)
	}
	if strings.Contains(rec.log.String(), "\nwhorl: progress") {
		t.Errorf("progress was logged:\n%s", rec.log.String())
	}
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]float64{"1": 1, "-1.5e3": -1500, "+2": 2, ".5": 0.5, "inf": math.Inf(1), "-Infinity": math.Inf(-1)} {
		if got, err := parseNumber(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "x", "1_000", "0x1p3", "1e400", "1,5", "--inf"} {
		if got, err := parseNumber(in); err == nil {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}
