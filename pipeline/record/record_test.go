package record_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

var (
	word  = rapid.StringMatching(`[a-z<&"\\\n é]{0,6}`)
	name  = rapid.StringMatching(`[a-z][a-z0-9]{0,8}`)
	float = rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{1, 0, 1e21, 1e-7, math.Inf(1), math.Inf(-1)}))
	when  = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(1, 1<<32).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	})
	scalar = rapid.OneOf(
		rapid.Map(rapid.Bool(), func(v bool) any { return v }),
		rapid.Map(rapid.Int64(), func(v int64) any { return v }),
		rapid.Map(float, func(v float64) any { return v }),
		rapid.Map(word, func(v string) any { return v }),
	)
	value = rapid.OneOf(scalar, rapid.Map(rapid.SliceOfN(scalar, 0, 3), func(v []any) any { return v }))
)

func some[T any](t *rapid.T, g *rapid.Generator[T], label string) []T {
	if list := rapid.SliceOfN(g, 0, 3).Draw(t, label); len(list) > 0 {
		return list
	}
	return nil
}

func drawStage(t *rapid.T, name string, statuses []record.Status) record.Stage {
	s := record.Stage{
		Name: name, Kind: word.Draw(t, "kind"), Status: rapid.SampledFrom(statuses).Draw(t, "status"),
		Key: word.Draw(t, "key"), Seconds: rapid.Float64Range(0, 1e6).Draw(t, "seconds"), Cost: rapid.Float64Range(0, 1e6).Draw(t, "cost"),
		Notes: some(t, word, "notes"), Log: word.Draw(t, "log"), Error: word.Draw(t, "error"),
		Params: some(t, rapid.Custom(func(t *rapid.T) record.Param {
			return record.Param{Name: word.Draw(t, "name"), Value: value.Draw(t, "value")}
		}), "params"),
		About: some(t, rapid.Custom(func(t *rapid.T) stage.MetricInfo {
			return stage.MetricInfo{Name: word.Draw(t, "name"), Goal: stage.Maximize, Primary: rapid.Bool().Draw(t, "primary")}
		}), "about"),
		Inputs: some(t, rapid.Custom(func(t *rapid.T) record.Input {
			return record.Input{Name: word.Draw(t, "name"), Ref: word.Draw(t, "ref"), Digest: word.Draw(t, "digest")}
		}), "inputs"),
		Outputs: some(t, rapid.Custom(func(t *rapid.T) record.Output {
			return record.Output{
				Artifact: store.Artifact{Name: word.Draw(t, "name"), Digest: word.Draw(t, "digest"), Bytes: rapid.Int64().Draw(t, "bytes"), Dir: rapid.Bool().Draw(t, "dir")},
				Type:     word.Draw(t, "type"),
			}
		}), "outputs"),
		Metrics: some(t, rapid.Custom(func(t *rapid.T) stage.Metric {
			return stage.Metric{Name: word.Draw(t, "name"), Step: rapid.IntRange(-1, 9).Draw(t, "step"), Value: float.Draw(t, "value"), Timing: rapid.Bool().Draw(t, "timing")}
		}), "metrics"),
	}
	if rapid.Bool().Draw(t, "started") {
		s.Started = when.Draw(t, "at")
	}
	return s
}

// drawRun draws a run with anything in every field.
func drawRun(t *rapid.T) *record.Run {
	r := &record.Run{
		ID: name.Draw(t, "id"), State: record.Done, Started: when.Draw(t, "started"), Finished: when.Draw(t, "finished"),
		Pipeline: word.Draw(t, "pipeline"), Spec: word.Draw(t, "spec"), Data: word.Draw(t, "data"), Seed: rapid.Uint64().Draw(t, "seed"),
		Targets: some(t, word, "targets"),
		Origin: record.Origin{
			Command: some(t, word, "command"), Dir: word.Draw(t, "dir"), Trial: rapid.IntRange(0, 9).Draw(t, "trial"),
			Machine:  record.Machine{Host: word.Draw(t, "host"), CPUs: rapid.IntRange(0, 99).Draw(t, "cpus")},
			Versions: record.Versions{Go: word.Draw(t, "go")},
		},
		Source: record.Source{Dirty: rapid.Bool().Draw(t, "dirty"), Diff: string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "diff"))},
	}
	if rapid.Bool().Draw(t, "sweep") {
		r.Sweep = &record.Sweep{ID: name.Draw(t, "sweep"), Definition: word.Draw(t, "definition"), Started: when.Draw(t, "began"), Trials: 3}
	}
	for _, n := range rapid.SliceOfNDistinct(name, 0, 3, rapid.ID).Draw(t, "stages") {
		r.Stages = append(r.Stages, drawStage(t, n, record.Statuses[:]))
	}
	return r
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawRun(t)
		b, err := record.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := record.Parse(b)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v, -want +got:\n%s\n%s", err, diff, b)
		}
	})
}

// Whatever a run notes as it goes on, its live record is the run as it is.
func TestReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRun(t)
		r.State, r.Finished = record.Running, time.Time{}
		b, err := record.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		lines := [][]byte{b}
		for range rapid.IntRange(0, 5).Draw(t, "updates") {
			if len(r.Stages) == 0 {
				break
			}
			s := &r.Stages[rapid.IntRange(0, len(r.Stages)-1).Draw(t, "stage")]
			now := drawStage(t, s.Name, record.Statuses[:])
			now.Params, now.About = s.Params, s.About
			*s = now
			line, err := record.Outcome(s).Line()
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		got, err := record.Replay(lines)
		if diff := cmp.Diff(r, got); err != nil || diff != "" {
			t.Fatalf("%v, -want +got:\n%s", err, diff)
		}
		got.Crash()
		if again, err := record.Encode(got); err != nil {
			t.Fatal(err)
		} else if _, err := record.Parse(again); err != nil {
			t.Fatalf("the record of a run that died: %v", err)
		}
	})
}

// The rule for the last value of a series, against one that sorts.
func TestLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := record.Metrics(some(t, rapid.Custom(func(t *rapid.T) stage.Metric {
			return stage.Metric{Name: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), Step: rapid.IntRange(-1, 3).Draw(t, "step"), Value: rapid.Float64().Draw(t, "value")}
		}), "metrics"))
		var want record.Metrics
		seen := map[string]bool{}
		for _, m := range ms {
			if points := ms.Series(m.Name); !seen[m.Name] {
				want = append(want, points[len(points)-1])
			}
			seen[m.Name] = true
		}
		if diff := cmp.Diff(want, ms.Last(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestParamTypes(t *testing.T) {
	for _, v := range []any{int64(1), 1.0, "1", true, []any{int64(1), 1.0}, math.Inf(1), 1e300} {
		got, err := record.ParseValue(record.EncodeValue(v))
		if diff := cmp.Diff(v, got); err != nil || diff != "" {
			t.Errorf("%#v: %v\n%s", v, err, diff)
		}
	}
	nan, err := record.ParseValue(record.EncodeValue(math.NaN()))
	if x, ok := nan.(float64); err != nil || !ok || x == x {
		t.Errorf("NaN: %v, %v", nan, err)
	}
}

func TestParseErrors(t *testing.T) {
	const start = `{"Version":2,"ID":"r","State":"done","Started":"2026-11-23T12:00:00Z","Finished":"2026-11-23T12:00:01Z"`
	if _, err := record.Parse([]byte(start + "}")); err != nil {
		t.Errorf("a sound record: %v", err)
	}
	for text, want := range map[string]string{
		"":                        "EOF",
		"{":                       "unexpected end",
		"[]":                      "cannot unmarshal",
		`{"Version":99}`:          "version 99",
		start + `,"Extra":1}`:     `unknown field "Extra"`,
		start + "} {}":            "invalid character",
		start + `,"State":"odd"}`: `unknown state "odd"`,
		start + `,"Finished":"0001-01-01T00:00:00Z"}`:                 "its end",
		start + `,"ID":"a/b"}`:                                        "no valid id",
		start + `,"Stages":[{"Name":"a","Status":"executing"}]}`:      `unknown status "executing"`,
		start + `,"Stages":[{"Name":"","Status":"ran"}]}`:             "is empty",
		start + `,"Stages":[{"Name":"a","Params":[{"Name":"p"}]}]}`:   "no value",
		start + `,"Stages":[{"Name":"a","Metrics":[{"value":"x"}]}]}`: "invalid syntax",
	} {
		if _, err := record.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) && want != "EOF" {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Records of the first version are still read.
func TestFirstVersion(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "first.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := record.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "20261124-181022-0c1f9b" || r.State != record.Failed || r.SweepID() != "s-20261124-181022-a1b2" || r.Trial != 2 ||
		r.Machine.CPUs != 2 || r.Source.Commit != "abc" || r.Source.Diff != "\xe9" || r.Versions.Variant != "fma" || r.Command[1] != "sweep" {
		t.Errorf("%+v", r)
	}
	if len(r.Stages) != 2 || r.Stages[0].Params[0].Value != 1.0 || r.Stages[0].Outputs[0].Digest != "d1" ||
		r.Stages[1].Inputs[0].Ref != "a.o" || r.Stages[1].Error != "boom" || !math.IsNaN(r.Stages[0].Metrics[0].Value) {
		t.Errorf("%+v", r.Stages)
	}
	again, err := record.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.Parse(again)
	if diff := cmp.Diff(r, got, cmpopts.EquateNaNs()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func FuzzParse(f *testing.F) {
	first, err := os.ReadFile(filepath.Join("testdata", "first.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(first)
	f.Add([]byte(`{"Version":2,"ID":"r","State":"running","Started":"2026-11-23T12:00:00Z","Stages":[{"Name":"a","Status":"ran","Params":[{"Name":"p","Value":{"float":"NaN"}}],"Metrics":[{"name":"m","step":1,"value":"+Inf"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := record.Parse(b)
		if err != nil {
			return
		}
		text, err := record.Encode(r)
		if err != nil {
			return // a time beyond the year 9999
		}
		again, err := record.Parse(text)
		if err != nil {
			t.Fatalf("%s\nbecame %s\n%v", b, text, err)
		}
		second, err := record.Encode(again)
		if err != nil || string(second) != string(text) {
			t.Errorf("%s\nbecame %s", text, second)
		}
	})
}
