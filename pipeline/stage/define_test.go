package stage_test

import (
	"context"
	"testing"

	"whorl/pipeline/stage"
)

type params struct {
	N int `param:"n"`
}

func TestDefine(t *testing.T) {
	got := 0
	k := stage.Define(stage.Kind{Name: "k"}, params{N: 3}, func(_ context.Context, _ *stage.Task, p params) error {
		got = p.N
		return nil
	})
	if k.Params != (params{3}) {
		t.Errorf("defaults %v", k.Params)
	}
	if err := k.Run(t.Context(), &stage.Task{Params: params{7}}); err != nil || got != 7 {
		t.Errorf("ran with %d, %v", got, err)
	}
	if err := k.Run(t.Context(), &stage.Task{Params: 7}); err == nil {
		t.Error("parameters of another type were taken")
	}
}

func TestInfoOf(t *testing.T) {
	infos := []stage.MetricInfo{
		{Name: "eer", Title: "EER", Goal: stage.Minimize, Primary: true},
		{Name: "hard.eer", Title: "EER of hard probes", Goal: stage.Minimize},
	}
	for _, c := range []struct {
		name, title string
		primary, ok bool
	}{
		{"eer", "EER", true, true},
		{"hard.eer", "EER of hard probes", false, true},
		{"calibrated.easy.eer", "EER", false, true},
		{"fmr", "", false, false},
	} {
		info, ok := stage.InfoOf(infos, c.name)
		if ok != c.ok || info.Name != c.name || info.Title != c.title || info.Primary != c.primary {
			t.Errorf("InfoOf(%q) = %+v, %v", c.name, info, ok)
		}
	}
	if !stage.Minimize.Better(1, 2) || stage.Maximize.Better(1, 2) || stage.NoGoal.Better(1, 2) {
		t.Error("Better is wrong")
	}
}
