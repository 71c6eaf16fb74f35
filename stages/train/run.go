package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/prints"
)

func run(ctx context.Context, t *stage.Task, p Params) error {
	if p.given != "" {
		t.Logf("network: %q is the old name of %q", p.given, p.Network)
	}
	seed := t.Seed
	if p.Seed != 0 {
		seed = uint64(p.Seed)
	}
	in, err := prints.Open(t)
	if err != nil {
		return err
	}
	defer in.Close()
	d, err := learnerData(t, in, p.Probes, t.Seed)
	if err != nil {
		return err
	}
	a, err := siamese.Named(p.Network, siamese.Merge(p.Merge), in.Gallery.H, in.Gallery.W)
	if err != nil {
		return err
	}
	a.Winograd = p.Winograd
	tr, err := siamese.NewTrainer(a, d, p.options(seed))
	if err != nil {
		return err
	}
	if err := resume(t, tr, p.Epochs); err != nil {
		return err
	}
	if err := train(ctx, t, tr, p.Epochs); err != nil {
		var d *siamese.DivergedError
		if errors.As(err, &d) {
			return fmt.Errorf("%w; this probe is %s", err, in.Presented[d.Probe].Name)
		}
		return err
	}
	recordKept(t, tr)
	return write(t, tr, a)
}

// options are the parameters as the learner takes them.
func (p Params) options(seed uint64) siamese.Options {
	o := siamese.Options{
		Seed: seed, Epochs: p.Epochs, Batch: p.Batch, Rate: p.Rate,
		Schedule: siamese.Schedule{Kind: p.Schedule, Warmup: p.Warmup},
		Decay:    p.WeightDecay, Clip: p.Clip, Patience: p.Patience, Keep: siamese.Keep(p.Keep), Select: siamese.Select(p.Select),
	}
	if p.Schedule == "step" {
		o.Schedule.Every, o.Schedule.Factor = p.ScheduleEvery, p.ScheduleFactor
	}
	return o
}

// resume brings the trainer to its newest checkpoint that fits. One of a cosine
// schedule of another length, for one, does not.
func resume(t *stage.Task, tr *siamese.Trainer, epochs int) error {
	if t.Checkpoints == nil {
		return nil
	}
	for max := epochs; ; {
		step, r, err := t.Checkpoints.Latest(max)
		if err != nil {
			return fmt.Errorf("look for a checkpoint: %w", err)
		}
		if r == nil {
			return nil
		}
		err = tr.Restore(r)
		r.Close()
		if err != nil {
			t.Logf("the checkpoint of epoch %d does not fit: %v", step, err)
			max = step - 1
			continue
		}
		t.Logf("going on from the checkpoint of epoch %d", step)
		for _, e := range tr.History() {
			record(t, e)
		}
		return nil
	}
}

// train runs the epochs that are left.
func train(ctx context.Context, t *stage.Task, tr *siamese.Trainer, epochs int) error {
	for !tr.Done() {
		n := len(tr.History()) + 1
		start, trained := time.Now(), time.Time{}
		total := 0
		report := func(p siamese.Progress) {
			total = p.Total
			if p.Done == p.Total {
				trained = time.Now()
			}
			t.Progress(stage.Progress{
				Phase: fmt.Sprintf("epoch %d/%d", n, epochs), Unit: "pairs",
				Done: int64((n-1)*p.Total + p.Done), Total: int64(epochs * p.Total),
				Values: []stage.NamedValue{{Name: "loss", Value: p.Loss}, {Name: "accuracy", Value: p.Accuracy}},
			})
		}
		e, err := tr.Epoch(ctx, report)
		if err != nil {
			return err
		}
		record(t, e)
		t.Timing("seconds", n, time.Since(start).Seconds())
		rate := float64(total) / trained.Sub(start).Seconds()
		t.Timing("pairs_per_s", n, rate)
		t.Logf("epoch %d/%d: loss %.4f, accuracy %.4f, val_loss %.4f, val_accuracy %.4f, val_auc %.4f, val_eer %.4f, %.0f pairs/s",
			n, epochs, e.Loss, e.Accuracy, e.ValLoss, e.ValAccuracy, e.ValAUC, e.ValEER, rate)
		if t.Checkpoints != nil {
			if err := t.Checkpoints.Save(n, tr.Save); err != nil {
				return fmt.Errorf("keep the checkpoint of epoch %d: %w", n, err)
			}
		}
	}
	if n := len(tr.History()); n < epochs {
		t.Logf("stopped after epoch %d: no better epoch on the validation pairs since epoch %d", n, tr.Best())
	}
	return nil
}

func record(t *stage.Task, e siamese.Epoch) {
	t.MetricAt("loss", e.Epoch, e.Loss)
	t.MetricAt("accuracy", e.Epoch, e.Accuracy)
	t.MetricAt("val_loss", e.Epoch, e.ValLoss)
	t.MetricAt("val_accuracy", e.Epoch, e.ValAccuracy)
	t.MetricAt("val_auc", e.Epoch, e.ValAUC)
	t.MetricAt("val_eer", e.Epoch, e.ValEER)
}

// recordKept records the figures of the epoch whose weights are kept.
func recordKept(t *stage.Task, tr *siamese.Trainer) {
	e := tr.History()[tr.Kept()-1]
	t.Metric("kept.epoch", float64(e.Epoch))
	t.Metric("kept.loss", e.Loss)
	t.Metric("kept.accuracy", e.Accuracy)
	t.Metric("kept.val_loss", e.ValLoss)
	t.Metric("kept.val_accuracy", e.ValAccuracy)
	t.Metric("kept.val_auc", e.ValAUC)
	t.Metric("kept.val_eer", e.ValEER)
	t.Logf("kept: epoch %d, val_auc %.4f, val_eer %.4f", e.Epoch, e.ValAUC, e.ValEER)
}

// history is the output of that name.
type history struct {
	Epochs []siamese.Epoch `json:"epochs"`
	Kept   int             `json:"kept"` // the epoch whose weights training ended with, from 1
}

// summary is the output of that name.
type summary struct {
	Network    string         `json:"network"`
	Merge      siamese.Merge  `json:"merge"`
	Layers     []siamese.Step `json:"layers"`
	Parameters int            `json:"parameters"`
}

func write(t *stage.Task, tr *siamese.Trainer, a siamese.Architecture) error {
	var weights bytes.Buffer
	if err := tr.Network().WriteWeights(&weights); err != nil {
		return err
	}
	if err := t.WriteFile("weights", weights.Bytes()); err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	for _, out := range []struct {
		name  string
		value any
	}{
		{"history", history{tr.History(), tr.Kept()}},
		{"summary", summary{a.Name, a.Merge, a.Summary(), a.Parameters()}},
	} {
		text, err := json.MarshalIndent(out.value, "", "  ")
		if err != nil {
			return fmt.Errorf("write %s: %w", out.name, err)
		}
		if err := t.WriteFile(out.name, append(text, '\n')); err != nil {
			return fmt.Errorf("write %s: %w", out.name, err)
		}
	}
	return nil
}
