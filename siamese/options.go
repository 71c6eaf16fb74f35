package siamese

import (
	"errors"
	"fmt"
)

// Options say how to train.
type Options struct {
	Seed     uint64   `json:"seed"`
	Epochs   int      `json:"-"`     // see [Trainer.Restore]
	Batch    int      `json:"batch"` // pairs
	Rate     float64  `json:"rate"`  // learning rate
	Schedule Schedule `json:"schedule"`
	Decay    float64  `json:"decay"`    // weight decay, decoupled, on weights but not biases
	Clip     float64  `json:"clip"`     // largest global norm of the gradients; 0: no limit
	Patience int      `json:"patience"` // epochs without a better one, by Select, before training stops; 0: never
	Keep     Keep     `json:"keep"`
	Select   Select   `json:"select"`
}

// Keep says which epoch's weights a training ends with.
type Keep string

// The choices: the last epoch's weights, or those of the best epoch by
// [Options.Select], the first of equal ones.
const (
	Last Keep = "last"
	Best Keep = "best"
)

// Defaults are Keras': Adam at 1e-3, batches of 32; and the tutorial's 15 epochs.
func Defaults() Options {
	return Options{Epochs: 15, Batch: 32, Rate: 1e-3, Schedule: Schedule{Kind: "constant"}, Keep: Last, Select: ByAUC}
}

// Check returns an error that names the first invalid option.
func (o Options) Check() error {
	switch {
	case o.Epochs < 1:
		return fmt.Errorf("%d epochs, want at least 1", o.Epochs)
	case o.Batch < 1:
		return fmt.Errorf("a batch of %d pairs, want at least 1", o.Batch)
	case !(o.Rate > 0):
		return fmt.Errorf("a learning rate of %v, want a positive one", o.Rate)
	case !(o.Decay >= 0):
		return fmt.Errorf("a weight decay of %v, want 0 or more", o.Decay)
	case !(o.Clip >= 0):
		return fmt.Errorf("clipping at a norm of %v, want 0 (no clipping) or more", o.Clip)
	case o.Patience < 0:
		return fmt.Errorf("a patience of %d epochs, want 0 (no early stopping) or more", o.Patience)
	case o.Keep != Last && o.Keep != Best:
		return fmt.Errorf("keep %q, want %q or %q", o.Keep, Last, Best)
	}
	return errors.Join(o.Select.check(), o.Schedule.check())
}
