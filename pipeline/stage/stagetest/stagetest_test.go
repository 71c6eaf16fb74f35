package stagetest_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
)

type params struct{ Times int }

func double(fail error) stage.Kind {
	return stage.Kind{
		Name:    "double",
		Params:  params{Times: 2},
		Inputs:  []stage.Port{{Name: "in"}, {Name: "extra", Optional: true}},
		Outputs: []stage.Port{{Name: "out"}},
		Random:  true,
		Run: func(_ context.Context, t *stage.Task) error {
			if fail != nil {
				return fail
			}
			b, err := t.ReadAll("in")
			if err != nil {
				return err
			}
			var out []byte
			for range t.Params.(params).Times {
				out = append(out, b...)
			}
			t.Metric("bytes", float64(len(out)))
			t.Timing("seconds", stage.NoStep, 1)
			t.Logf("seed %d", t.Seed)
			t.Progress(stage.Progress{Done: 1, Total: 1})
			return t.WriteFile("out", out)
		},
	}
}

func TestRun(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(in, []byte("ab"), 0o666); err != nil {
		t.Fatal(err)
	}
	r := stagetest.Run(t, double(nil), params{Times: 3}, 7, map[string]string{"in": in})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := string(r.Bytes("out")); got != "ababab" {
		t.Errorf("output %q", got)
	}
	if got := r.Metric("bytes"); got != 6 {
		t.Errorf("bytes %v", got)
	}
	if len(r.Log) != 1 || r.Log[0] != "seed 7" || r.Last.Done != 1 || len(r.Metrics) != 2 {
		t.Errorf("log %q, progress %v, metrics %v", r.Log, r.Last, r.Metrics)
	}

	wrong := errors.New("no ink")
	if r := stagetest.Run(t, double(wrong), nil, 0, map[string]string{"in": in}); !errors.Is(r.Err, wrong) {
		t.Errorf("error %v, want %v", r.Err, wrong)
	}
}

func TestMemory(t *testing.T) {
	var m stagetest.Memory
	for _, step := range []int{2, 5} {
		if err := m.Save(step, func(w io.Writer) error { _, err := w.Write([]byte{byte(step)}); return err }); err != nil {
			t.Fatal(err)
		}
	}
	failed := errors.New("disk full")
	if err := m.Save(4, func(io.Writer) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	for max, want := range map[int]int{1: 0, 2: 2, 4: 2, 9: 5} {
		step, r, err := m.Latest(max)
		if err != nil || step != want {
			t.Errorf("latest up to %d: %d, %v; want %d", max, step, err, want)
		}
		if step == 0 {
			continue
		}
		if b, err := io.ReadAll(r); err != nil || len(b) != 1 || int(b[0]) != step {
			t.Errorf("checkpoint %d holds %v, %v", step, b, err)
		}
	}
}
