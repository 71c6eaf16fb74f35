package siamese

import (
	"context"
	"errors"
	"fmt"

	"whorl/siamese/kernel"
	"whorl/siamese/nn"
)

// A Trainer trains a network, epoch by epoch:
//
//	t, err := siamese.NewTrainer(architecture, data, options)
//	for !t.Done() {
//		epoch, err := t.Epoch(ctx, nil)
//		...
//	}
//	network := t.Network()
//
// The bits of the result depend on the arguments of NewTrainer and on nothing
// else.
type Trainer struct {
	arch    Architecture
	data    Data
	options Options

	machine *nn.Machine[float32]
	adam    *nn.Adam[float32]
	logits  []float32
	feed    *feed
	plan    epochPlan
	fixed   []Pair // of validation

	history []Epoch
	best    *Network // at Best; nil unless that is to be kept
	bestAt  int      // epoch, from 1; 0: none yet
	waited  int      // epochs since bestAt
}

// An Epoch is how the network did in one epoch. Loss and Accuracy are means
// over the training pairs as they were met, while the weights changed; the
// others are of the fixed validation pairs after it, and 0 without any: the
// means, the area under the ROC curve and the equal error rate. A pair is
// called genuine when its similarity is at least 0.5.
type Epoch struct {
	Epoch       int     `json:"epoch"` // counted from 1
	Loss        float64 `json:"loss"`
	Accuracy    float64 `json:"accuracy"`
	ValLoss     float64 `json:"val_loss"`
	ValAccuracy float64 `json:"val_accuracy"`
	ValAUC      float64 `json:"val_auc"`
	ValEER      float64 `json:"val_eer"`
}

// Progress is how far an epoch has come.
type Progress struct {
	Done, Total    int     // training pairs of this epoch
	Loss, Accuracy float64 // means so far
}

// MaxLoss is the largest loss of one pair, in nats, with which training goes on.
// A pair told wrong costs the size of its logit, which is below 100 for a network
// that learns.
const MaxLoss = 1e6

// A DivergedError says where training met a loss that is not a number or above
// [MaxLoss].
type DivergedError struct {
	Epoch, Batch   int // counted from 1
	Probe, Gallery int // rows
	Loss           float64
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("training diverged: epoch %d, batch %d: the loss of probe row %d beside gallery row %d is %v (a lower learning rate, warm-up or gradient clipping may help)",
		e.Epoch, e.Batch, e.Probe, e.Gallery, e.Loss)
}

// NewTrainer prepares the training of a network with initial weights.
func NewTrainer(a Architecture, d Data, o Options) (*Trainer, error) {
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if err := d.check(a); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if len(d.Validation) == 0 && (o.Patience > 0 || o.Keep == Best) {
		return nil, fmt.Errorf("train: early stopping and keeping the best epoch need validation probes, but there are none")
	}
	t := &Trainer{arch: a, data: d, options: o, adam: nn.NewAdam[float32]()}
	t.adam.Decay, t.adam.Clip = o.Decay, o.Clip
	if err := t.pair(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	n, err := New(a, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if t.machine, err = graph[float32](a, t.plan.batch).Training(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	n.load(t.machine)
	if o.Keep == Best {
		t.best = n
	}
	t.logits = make([]float32, t.plan.batch)
	t.feed = newFeed(t.plan.batch, a.Height*a.Width)
	return t, nil
}

// pair finds every probe's mate and the validation pairs.
func (t *Trainer) pair() error {
	d := &t.data
	r, err := enrol(d.GalleryTrain, d.GalleryOf)
	if err != nil {
		return err
	}
	t.plan = epochPlan{
		data: d, seed: t.options.Seed, roll: r, batch: min(t.options.Batch, len(d.Train)), images: t.arch.Height * t.arch.Width,
		mates: make([]int, len(d.Train)), order: make([]int32, len(d.Train)),
	}
	for i, row := range d.Train {
		if t.plan.mates[i], err = r.mate(row, d.ProbeOf(row)); err != nil {
			return err
		}
	}
	if len(d.Validation) > 0 {
		t.fixed, err = FixedPairs(t.options.Seed, "validation", d.Validation, d.ProbeOf, d.GalleryValidation, d.GalleryOf)
	}
	return err
}

// Done reports whether training has come to its end, by the number of epochs
// or by its patience.
func (t *Trainer) Done() bool {
	return len(t.history) >= t.options.Epochs || t.options.Patience > 0 && t.waited >= t.options.Patience
}

// History is every epoch so far.
func (t *Trainer) History() []Epoch { return t.history }

// Best is the best epoch so far by [Options.Select], from 1, or 0 if there is
// none or no validation.
func (t *Trainer) Best() int { return t.bestAt }

// Kept is the epoch, from 1, whose weights training would end with now, or 0
// before the first.
func (t *Trainer) Kept() int {
	if t.options.Keep == Best {
		return t.bestAt
	}
	return len(t.history)
}

// Network is a copy of the network as training would end now.
func (t *Trainer) Network() *Network {
	n := &Network{Architecture: t.arch}
	for i, p := range t.machine.Params() {
		data := make([]float32, p.Len())
		if t.options.Keep == Best && t.bestAt > 0 {
			copy(data, t.best.Params[i].Data)
		} else {
			p.Get(data)
		}
		n.Params = append(n.Params, Param{Name: p.Name, Shape: p.Dims, Data: data})
	}
	return n
}

// Epoch trains for one epoch and validates. report, which may be nil, is
// called after every batch. After an error the trainer is of no further use.
func (t *Trainer) Epoch(ctx context.Context, report func(Progress)) (Epoch, error) {
	e := Epoch{Epoch: len(t.history) + 1}
	var err error
	if e.Loss, e.Accuracy, err = t.pass(ctx, e.Epoch, report); err == nil {
		err = t.validate(ctx, &e)
	}
	var d *DivergedError
	switch {
	case errors.As(err, &d):
		return Epoch{}, err // says where by itself
	case err != nil:
		return Epoch{}, fmt.Errorf("train: epoch %d: %w", e.Epoch, err)
	}
	t.history = append(t.history, e)
	t.waited++
	if len(t.fixed) > 0 && (t.bestAt == 0 || t.options.Select.better(e, t.history[t.bestAt-1])) {
		t.bestAt, t.waited = e.Epoch, 0
		if t.best != nil {
			t.best.store(t.machine)
		}
	}
	return e, nil
}

// pass takes one step for each batch of an epoch.
func (t *Trainer) pass(ctx context.Context, epoch int, report func(Progress)) (loss, accuracy float64, err error) {
	p := &t.plan
	p.begin(epoch)
	done, sum, right := 0, 0.0, 0
	err = t.feed.run(ctx, p, func(k int, b *batch) error {
		t.adam.Rate = t.options.Rate * t.options.Schedule.scale(epoch-1, k, p.batches(), t.options.Epochs)
		t.set(b)
		if err := t.machine.Step(t.adam); err != nil {
			return err
		}
		logits := t.machine.Logits(t.logits)
		for i, pair := range b.pairs {
			l := t.machine.Losses()[i]
			if !(l <= MaxLoss) {
				return &DivergedError{Epoch: epoch, Batch: k + 1, Probe: pair.Probe, Gallery: pair.Gallery, Loss: l}
			}
			sum += l
			if (logits[i] >= 0) == pair.Genuine {
				right++
			}
		}
		done += len(b.pairs)
		loss, accuracy = sum/float64(done), float64(right)/float64(done)
		if report != nil {
			report(Progress{Done: done, Total: len(p.order), Loss: loss, Accuracy: accuracy})
		}
		return nil
	})
	return loss, accuracy, err
}

// set puts a batch into the machine. Of a smaller one the rest weighs nothing.
func (t *Trainer) set(b *batch) {
	copy(t.machine.Images(), b.images)
	truth, weight := t.machine.Truth(), t.machine.Weight()
	clear(truth)
	clear(weight)
	for i, pair := range b.pairs {
		if pair.Genuine {
			truth[i] = 1
		}
		weight[i] = 1 / float32(len(b.pairs))
	}
}

// validate measures the fixed pairs.
func (t *Trainer) validate(ctx context.Context, e *Epoch) error {
	if len(t.fixed) == 0 {
		return nil
	}
	loss, right := 0.0, 0
	pairs := make([]scored, 0, len(t.fixed))
	err := forward(ctx, t.machine, t.data.Probes, t.data.Gallery, t.fixed, func(at int, logits []float32) error {
		for i, z := range logits {
			pair, truth := t.fixed[at+i], 0.0
			if pair.Genuine {
				truth = 1
			}
			l := kernel.Softplus(float64(z)) - truth*float64(z)
			if !(l <= MaxLoss) {
				return &DivergedError{Epoch: e.Epoch, Batch: t.plan.batches(), Probe: pair.Probe, Gallery: pair.Gallery, Loss: l}
			}
			loss += l
			pairs = append(pairs, scored{z, pair.Genuine})
			if (z >= 0) == pair.Genuine {
				right++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n := float64(len(t.fixed))
	e.ValLoss, e.ValAccuracy = loss/n, float64(right)/n
	e.ValAUC, e.ValEER = separation(pairs)
	return nil
}
