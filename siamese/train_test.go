package siamese

import (
	"bytes"
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
)

func TestLearns(t *testing.T) {
	for _, merge := range []Merge{Subtract, Abs} {
		t.Run(string(merge), func(t *testing.T) {
			tr := trainer(t, tiny(merge), prints(12, 6), options(40))
			run(t, tr)
			h := tr.History()
			first, last := h[0], h[len(h)-1]
			if last.Loss > first.Loss/3 || last.Accuracy < 0.95 || last.ValAccuracy < 0.9 {
				t.Errorf("after %d epochs %+v, at first %+v", len(h), last, first)
			}
		})
	}
}

// TestSameBits trains with several numbers of processors.
func TestSameBits(t *testing.T) {
	was := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(was)
	d := prints(6, 6) // 30 training probes: the last of 4 batches is smaller
	d.Augment = func(dst, src []uint8, epoch, probe int) {
		r := newStream(3, "test augment", uint64(epoch), uint64(probe))
		for i, p := range src {
			dst[i] = p ^ uint8(r.uint64()&7)
		}
	}
	for _, a := range []Architecture{tiny(Subtract), Compact(Abs, testH, testW)} {
		a.Winograd = a.Name == "compact"
		want := ""
		for _, procs := range []int{1, 2, 3, 7} {
			runtime.GOMAXPROCS(procs)
			got := digest(t, run(t, trainer(t, a, d, options(3))))
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s, GOMAXPROCS %d: weights %s, want %s", a.Name, procs, got, want)
			}
		}
		o := options(3)
		o.Seed++
		if got := digest(t, run(t, trainer(t, a, d, o))); got == want {
			t.Errorf("%s: another seed gives the same weights", a.Name)
		}
	}
}

// TestResume continues from a checkpoint, with every option that has state.
func TestResume(t *testing.T) {
	d := prints(6, 6)
	for name, o := range map[string]Options{
		"last":   {Keep: Last, Schedule: Schedule{Kind: "constant"}},
		"best":   {Keep: Best, Schedule: Schedule{Kind: "step", Every: 2, Factor: 0.5, Warmup: 1}, Decay: 0.01, Clip: 0.5},
		"cosine": {Keep: Last, Schedule: Schedule{Kind: "cosine", Warmup: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Seed, o.Epochs, o.Batch, o.Rate, o.Select = 5, 6, 8, 0.003, ByEER
			whole := trainer(t, tiny(Abs), d, o)
			want := digest(t, run(t, whole))

			first := trainer(t, tiny(Abs), d, o)
			for range 2 {
				if _, err := first.Epoch(context.Background(), nil); err != nil {
					t.Fatal(err)
				}
			}
			var saved bytes.Buffer
			if err := first.Save(&saved); err != nil {
				t.Fatal(err)
			}
			second := trainer(t, tiny(Abs), d, o)
			if err := second.Restore(&saved); err != nil {
				t.Fatal(err)
			}
			if got := digest(t, run(t, second)); got != want {
				t.Errorf("continued: weights %s, want %s", got, want)
			}
			for i, e := range second.History() {
				if e != whole.History()[i] {
					t.Errorf("continued: %+v, want %+v", e, whole.History()[i])
				}
			}
		})
	}
}

// TestContinueLonger trains 5 epochs after a training of 2.
func TestContinueLonger(t *testing.T) {
	d := prints(6, 6)
	short := trainer(t, tiny(Subtract), d, options(2))
	run(t, short)
	var saved bytes.Buffer
	if err := short.Save(&saved); err != nil {
		t.Fatal(err)
	}
	long := trainer(t, tiny(Subtract), d, options(5))
	if err := long.Restore(bytes.NewReader(saved.Bytes())); err != nil {
		t.Fatal(err)
	}
	got, want := digest(t, run(t, long)), digest(t, run(t, trainer(t, tiny(Subtract), d, options(5))))
	if got != want {
		t.Errorf("continued: weights %s, want %s", got, want)
	}

	cosine := options(5)
	cosine.Schedule.Kind = "cosine"
	other := options(5)
	other.Rate /= 2
	for name, c := range map[string]struct {
		o    Options
		a    Architecture
		data []byte
		want string
	}{
		"schedule":  {cosine, tiny(Subtract), saved.Bytes(), "trained otherwise"},
		"rate":      {other, tiny(Subtract), saved.Bytes(), "trained otherwise"},
		"merge":     {options(5), tiny(Abs), saved.Bytes(), "another network"},
		"fewer":     {options(1), tiny(Subtract), saved.Bytes(), "beyond the 1"},
		"truncated": {options(5), tiny(Subtract), saved.Bytes()[:saved.Len()-1], "unexpected EOF"},
		"longer":    {options(5), tiny(Subtract), append(saved.Bytes()[:saved.Len():saved.Len()], 0), "more than"},
		"foreign":   {options(5), tiny(Subtract), []byte("PK\x03\x04 and so on, a zip file"), "does not begin"},
		"empty":     {options(5), tiny(Subtract), nil, "EOF"},
	} {
		tr := trainer(t, c.a, d, c.o)
		before := digest(t, tr.Network())
		err := tr.Restore(bytes.NewReader(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
		if digest(t, tr.Network()) != before || len(tr.History()) != 0 {
			t.Errorf("%s: the trainer was changed", name)
		}
	}
}

func TestBestAndPatience(t *testing.T) {
	for _, s := range []Select{ByAUC, ByEER} {
		t.Run(string(s), func(t *testing.T) { bestAndPatience(t, s) })
	}
}

func bestAndPatience(t *testing.T, s Select) {
	d := prints(6, 6)
	o := options(30)
	o.Rate, o.Keep, o.Patience, o.Select = 0.02, Best, 3, s
	tr := trainer(t, tiny(Subtract), d, o)
	n := run(t, tr)
	h := tr.History()
	best := 0
	for i, e := range h {
		if s == ByAUC && e.ValAUC > h[best].ValAUC || s == ByEER && e.ValEER < h[best].ValEER {
			best = i
		}
	}
	if tr.Kept() != best+1 || tr.Best() != best+1 {
		t.Errorf("kept epoch %d, the best is %d of %+v", tr.Kept(), best+1, h)
	}
	if len(h) < 30 && len(h)-1-best != 3 {
		t.Errorf("stopped after %d epochs, the best being %d", len(h), best+1)
	}
	if len(h) == 30 {
		t.Fatal("never stopped early, which shows nothing")
	}
	o.Keep, o.Patience, o.Epochs = Last, 0, best+1
	if got, want := digest(t, n), digest(t, run(t, trainer(t, tiny(Subtract), d, o))); got != want {
		t.Errorf("kept weights %s, want those of epoch %d, %s", got, best+1, want)
	}
}

func TestDiverges(t *testing.T) {
	o := options(3)
	o.Rate = 1e30
	tr := trainer(t, tiny(Subtract), prints(6, 6), o)
	_, err := tr.Epoch(context.Background(), nil)
	var d *DivergedError
	if !errors.As(err, &d) {
		t.Fatalf("error %v, want a DivergedError", err)
	}
	if d.Epoch != 1 || d.Batch < 2 || d.Batch > 4 || !(math.IsNaN(d.Loss) || math.IsInf(d.Loss, 0)) {
		t.Errorf("%+v", d)
	}
	if !strings.Contains(err.Error(), "epoch 1, batch ") || !strings.Contains(err.Error(), "probe row") {
		t.Errorf("message %q names no epoch, batch and probe", err)
	}
}

// A loss that is a number, but of no use, is noticed too.
func TestLargeLoss(t *testing.T) {
	o := options(3)
	o.Rate = 1e6
	tr := trainer(t, tiny(Subtract), prints(6, 6), o)
	var d *DivergedError
	for !tr.Done() {
		if _, err := tr.Epoch(context.Background(), nil); err != nil {
			if !errors.As(err, &d) {
				t.Fatal(err)
			}
			break
		}
	}
	if d == nil || d.Loss <= MaxLoss {
		t.Errorf("error %v, want a loss above %g", d, MaxLoss)
	}
}

// TestLargeBatch: a batch takes no more memory than all data need, and the bits
// are those of a batch that just holds them.
func TestLargeBatch(t *testing.T) {
	d := prints(6, 6) // 30 training probes
	want := ""
	for _, size := range []int{30, 31, 4096} {
		o := options(2)
		o.Batch = size
		tr := trainer(t, tiny(Subtract), d, o)
		if len(tr.logits) != 30 {
			t.Errorf("a batch of %d takes memory for %d pairs", size, len(tr.logits))
		}
		got := digest(t, run(t, tr))
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("a batch of %d gives other weights than one of 30", size)
		}
	}
}

func TestCancel(t *testing.T) {
	tr := trainer(t, tiny(Subtract), prints(6, 6), options(3))
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := tr.Epoch(ctx, func(p Progress) {
		calls++
		if p.Done != 8*calls || p.Total != 30 {
			t.Errorf("progress %+v in call %d", p, calls)
		}
		if calls == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || calls != 2 {
		t.Errorf("error %v after %d batches", err, calls)
	}
}

func TestBadArguments(t *testing.T) {
	set := func(f func(*Data, *Options, *Architecture)) error {
		d, o, a := prints(4, 3), options(1), tiny(Subtract)
		f(&d, &o, &a)
		_, err := NewTrainer(a, d, o)
		return err
	}
	for want, f := range map[string]func(*Data, *Options, *Architecture){
		"0 epochs":                    func(_ *Data, o *Options, _ *Architecture) { o.Epochs = 0 },
		"batch of 0":                  func(_ *Data, o *Options, _ *Architecture) { o.Batch = 0 },
		"learning rate of NaN":        func(_ *Data, o *Options, _ *Architecture) { o.Rate = math.NaN() },
		`unknown schedule "x"`:        func(_ *Data, o *Options, _ *Architecture) { o.Schedule.Kind = "x" },
		`select "x"`:                  func(_ *Data, o *Options, _ *Architecture) { o.Select = "x" },
		`keep "x"`:                    func(_ *Data, o *Options, _ *Architecture) { o.Keep = "x" },
		`unknown merge "x"`:           func(_ *Data, _ *Options, a *Architecture) { a.Merge = "x" },
		`named "conv1"`:               func(_ *Data, _ *Options, a *Architecture) { a.Branch[1].Name = "conv1" },
		"kind":                        func(_ *Data, _ *Options, a *Architecture) { a.Branch[1].Kind = "x" },
		"wants one number":            func(_ *Data, _ *Options, a *Architecture) { a.Head = a.Head[:1] },
		"probes: images are 22x21":    func(_ *Data, _ *Options, a *Architecture) { a.Height = 30 },
		"early stopping and":          func(d *Data, o *Options, _ *Architecture) { d.Validation, o.Patience = nil, 2 },
		"keeping the best epoch need": func(d *Data, o *Options, _ *Architecture) { d.Validation, o.Keep = nil, Best },
		"no probe to train on":        func(d *Data, _ *Options, _ *Architecture) { d.Train = nil },
		"row 12 of 12":                func(d *Data, _ *Options, _ *Architecture) { d.Train[0] = 12 },
		"no image of its finger":      func(d *Data, _ *Options, _ *Architecture) { d.GalleryTrain = d.GalleryTrain[:2] },
		"shows 1 fingers":             func(d *Data, _ *Options, _ *Architecture) { d.GalleryTrain = d.GalleryTrain[:1] },
	} {
		if err := set(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
