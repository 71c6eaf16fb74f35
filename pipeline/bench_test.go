package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// joinKind is a trivial stage with up to three inputs.
func joinKind() stage.Kind {
	return stage.Kind{
		Name: "join", Outputs: port("out"), Params: writeParams{},
		Inputs: []stage.Port{{Name: "a", Optional: true}, {Name: "b", Optional: true}, {Name: "c", Optional: true}},
		Run: func(_ context.Context, t *stage.Task) error {
			text := t.Params.(writeParams).Text
			for _, name := range []string{"a", "b", "c"} {
				if t.Has(name) {
					b, err := t.ReadAll(name)
					if err != nil {
						return err
					}
					text += string(b[:min(len(b), 8)])
				}
			}
			return t.WriteFile("out", []byte(text))
		},
	}
}

// layers is a pipeline of stages in layers, each with three inputs from the
// layer before.
func layers(stages, layers int) string {
	var b strings.Builder
	b.WriteString("stages:\n")
	width := stages / layers
	for i := range stages {
		fmt.Fprintf(&b, "  s%d: {kind: join, params: {text: \"%d;\"}", i, i)
		if i >= width {
			base := (i/width - 1) * width
			fmt.Fprintf(&b, ", inputs: {a: s%d.out, b: s%d.out, c: s%d.out}", base+i%width, base+(i+1)%width, base+(i+7)%width)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func benchLab(tb testing.TB) (*spec.Registry, *store.Store) {
	reg := pipeline.NewRegistry()
	s, err := store.Open(filepath.Join(tb.TempDir(), "artifacts"))
	if err := errors.Join(err, reg.Register(joinKind())); err != nil {
		tb.Fatal(err)
	}
	return reg, s
}

func benchRun(tb testing.TB, reg *spec.Registry, st *store.Store, text string) *record.Run {
	p, err := reg.Parse("pipeline.yaml", []byte(text), spec.Settings{})
	if err != nil {
		tb.Fatal(err)
	}
	res, err := pipeline.NewEngine(st).Run(tb.Context(), p, pipeline.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// BenchmarkNoop is a run of 1,000 stages that are all cached: parsing the spec,
// looking everything up and recording the run. The whole process is measured
// beside others by internal/bench/engine.
func BenchmarkNoop(b *testing.B) {
	reg, st := benchLab(b)
	text := layers(1000, 10)
	benchRun(b, reg, st, text)
	before := cpu(b)
	for b.Loop() {
		benchRun(b, reg, st, text)
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// cpu is the processor time that this process has used, which other
// processes on the machine disturb less than the clock.
func cpu(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkParse is the part of that which is the spec's.
func BenchmarkParse(b *testing.B) {
	reg, _ := benchLab(b)
	text := []byte(layers(1000, 10))
	for b.Loop() {
		if _, err := reg.Parse("pipeline.yaml", text, spec.Settings{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStatus(b *testing.B) {
	reg, st := benchLab(b)
	text := layers(1000, 10)
	benchRun(b, reg, st, text)
	for b.Loop() {
		p, _ := reg.Parse("pipeline.yaml", []byte(text), spec.Settings{})
		if _, err := explain.Status(b.Context(), st, p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhy explains the last of 1,000 stages after a change of the first.
// The bar is 100 ms.
func BenchmarkWhy(b *testing.B) {
	reg, st := benchLab(b)
	text := layers(1000, 10)
	benchRun(b, reg, st, text)
	p, err := reg.Parse("pipeline.yaml", []byte(text), spec.Settings{Set: []string{"s0.text=other"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, err := explain.Why(b.Context(), st, p, "s999", "")
		if err != nil || len(x.Reasons) < 3 {
			b.Fatal(x, err)
		}
	}
}

// BenchmarkOverhead is the first run of 200 trivial stages with everything
// durable, as time a stage. The bar is 5 ms.
func BenchmarkOverhead(b *testing.B) {
	text := layers(200, 10)
	var total time.Duration
	for b.Loop() {
		b.StopTimer()
		reg, st := benchLab(b)
		b.StartTimer()
		begin := time.Now()
		benchRun(b, reg, st, text)
		total += time.Since(begin)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N)/200, "ms/stage")
}
