package train

import (
	"fmt"

	"whorl/pipeline/stage"
	"whorl/siamese"
)

// Params are the parameters of the stage.
type Params struct {
	Network string `param:"network" enum:"post,compact" doc:"the architecture: the post's network, or its authors' compact one"`
	Merge   string `param:"merge" enum:"subtract,abs" doc:"how the codes of probe and gallery image are merged: their difference, or its absolute value"`
	Epochs  int    `param:"epochs,progress" min:"1" max:"100000" doc:"passes over the training probes"`
	Batch   int    `param:"batch" min:"1" max:"4096" doc:"pairs of a step; the last step of an epoch takes what is left"`

	Rate           float64 `param:"lr" min:"1e-12" max:"1e6" doc:"learning rate of Adam"`
	Schedule       string  `param:"schedule" enum:"constant,step,cosine" doc:"how the learning rate changes: not at all, by a factor every few epochs, or to 0 along a cosine"`
	ScheduleEvery  int     `param:"schedule_every" min:"1" max:"100000" doc:"epochs between two changes of the schedule step"`
	ScheduleFactor float64 `param:"schedule_factor" min:"1e-6" max:"1" doc:"factor of a change of the schedule step"`
	Warmup         int     `param:"warmup" min:"0" max:"1000" doc:"epochs over which the learning rate first rises from 0"`

	WeightDecay float64 `param:"weight_decay" min:"0" max:"1000" doc:"decoupled weight decay, a share of the learning rate"`
	Clip        float64 `param:"clip" min:"0" max:"1e9" doc:"largest global norm of the gradients; 0 for no limit"`
	Patience    int     `param:"patience" min:"0" max:"100000" doc:"epochs without a lower val_loss before training stops; 0 for never"`
	Winograd    bool    `param:"winograd" doc:"compute convolutions by Winograd's algorithm: faster, with other rounding"`
	Keep        string  `param:"keep" enum:"last,best" doc:"weights to end with: those of the last epoch, or of the one with the lowest val_loss"`
}

// Validate refuses parameters that make no sense together.
func (p *Params) Validate() error {
	if p.Schedule == "cosine" && p.Warmup >= p.Epochs {
		return fmt.Errorf("warmup: %d epochs leave nothing of %d for the cosine schedule", p.Warmup, p.Epochs)
	}
	return nil
}

// Kind returns the stage kind "train".
func Kind() stage.Kind {
	d := siamese.Defaults()
	return stage.Kind{
		Name: "train",
		Doc:  "trains the Siamese network on augmented pairs",
		Inputs: []stage.Port{
			{Name: "x_real", Doc: "gallery images", Type: stage.TypeNPY},
			{Name: "x_easy", Doc: "easy probes", Type: stage.TypeNPY},
			{Name: "x_medium", Doc: "medium probes", Type: stage.TypeNPY},
			{Name: "x_hard", Doc: "hard probes", Type: stage.TypeNPY},
			{Name: "y_real", Doc: "labels of x_real", Type: stage.TypeNPY},
			{Name: "y_easy", Doc: "labels of x_easy", Type: stage.TypeNPY},
			{Name: "y_medium", Doc: "labels of x_medium", Type: stage.TypeNPY},
			{Name: "y_hard", Doc: "labels of x_hard", Type: stage.TypeNPY},
			{Name: "train", Doc: "probes to train on", Type: stage.TypeNPY},
			{Name: "validation", Doc: "probes to watch the loss of", Type: stage.TypeNPY},
			{Name: "gallery_train", Doc: "gallery of the training side", Type: stage.TypeNPY},
			{Name: "gallery_validation", Doc: "gallery of the validation side", Type: stage.TypeNPY},
			{Name: "policy", Doc: "augmentation policy", Type: stage.TypeJSON},
		},
		Outputs: []stage.Port{
			{Name: "weights", Doc: "the trained network", Type: stage.TypeNPZ},
			{Name: "history", Doc: "loss and accuracy of every epoch", Type: stage.TypeJSON},
			{Name: "summary", Doc: "layers, shapes and parameters", Type: stage.TypeJSON},
		},
		Params: Params{
			Network: "post", Merge: string(siamese.Subtract), Epochs: d.Epochs, Batch: d.Batch,
			Rate: d.Rate, Schedule: d.Schedule.Kind, ScheduleEvery: 5, ScheduleFactor: 0.5, Keep: string(d.Keep), Winograd: true,
		},
		Random:  true,
		Variant: siamese.Variant,
		Run:     run,
	}
}
