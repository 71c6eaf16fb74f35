package train

import (
	"fmt"

	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/prints"
)

// Params are the parameters of the stage.
type Params struct {
	Network string `param:"network" enum:"tutorial,compact,post" doc:"the architecture: the tutorial's network, or its authors' compact one; post is the old name of tutorial"`
	Merge   string `param:"merge" enum:"subtract,abs" doc:"how the codes of probe and gallery image are merged: their difference, or its absolute value"`
	Probes  string `param:"probes" enum:"augmented,plain,both" doc:"how training sees probes: changed by the augmentation policy; as they are; or each time either, with equal chance"`
	Epochs  int    `param:"epochs,progress" min:"1" max:"100000" doc:"passes over the training probes"`
	Batch   int    `param:"batch" min:"1" max:"4096" doc:"pairs of a step, all if there are fewer; the last step of an epoch takes what is left"`

	Rate           float64 `param:"lr" min:"1e-12" max:"1e6" doc:"learning rate of Adam"`
	Schedule       string  `param:"schedule" enum:"constant,step,cosine" doc:"how the learning rate changes: not at all, by a factor every few epochs, or to 0 along a cosine"`
	ScheduleEvery  int     `param:"schedule_every" min:"1" max:"100000" doc:"epochs between two changes of the schedule step"`
	ScheduleFactor float64 `param:"schedule_factor" min:"1e-6" max:"1" doc:"factor of a change of the schedule step"`
	Warmup         int     `param:"warmup" min:"0" max:"1000" doc:"epochs over which the learning rate first rises from 0"`

	WeightDecay float64 `param:"weight_decay" min:"0" max:"1000" doc:"decoupled weight decay, a share of the learning rate"`
	Clip        float64 `param:"clip" min:"0" max:"1e9" doc:"largest global norm of the gradients; 0 for no limit"`
	Patience    int     `param:"patience" min:"0" max:"100000" doc:"epochs without a better one, by select, before training stops; 0 for never"`
	Winograd    bool    `param:"winograd" doc:"compute convolutions by Winograd's algorithm: faster, with other rounding"`
	Keep        string  `param:"keep" enum:"last,best" doc:"weights to end with: those of the last epoch, or of the best one by select"`
	Select      string  `param:"select" enum:"auc,eer" doc:"figure of the validation pairs by which epochs are compared: val_auc or val_eer"`
	Seed        int     `param:"seed" min:"0" doc:"seed of the initial weights, the order and the pairs; 0 for the run's"`

	given string // the network's old name, if that was given
}

// Validate refuses parameters that do not fit each other. It gives the network
// its present name, so that both names have the same key.
func (p *Params) Validate() error {
	if p.Network == "post" {
		p.given, p.Network = p.Network, "tutorial"
	}
	if p.Schedule == "cosine" && p.Warmup >= p.Epochs {
		return fmt.Errorf("warmup: %d epochs leave nothing of %d for the cosine schedule", p.Warmup, p.Epochs)
	}
	return nil
}

// Kind returns the stage kind "train".
func Kind() stage.Kind {
	d := siamese.Defaults()
	return stage.Define(stage.Kind{
		Name: "train",
		Doc:  "trains the Siamese network on augmented pairs",
		Inputs: append(prints.Inputs(),
			stage.Port{Name: "policy", Doc: "augmentation policy", Type: stage.TypeJSON}),
		Outputs: []stage.Port{
			{Name: "weights", Doc: "the trained network", Type: stage.TypeNPZ},
			{Name: "history", Doc: "loss, accuracy, AUC and EER of every epoch", Type: stage.TypeJSON},
			{Name: "summary", Doc: "layers, shapes and parameters", Type: stage.TypeJSON},
		},
		Metrics: []stage.MetricInfo{
			{Name: "loss", Title: "Training loss", Unit: "nats", Goal: stage.Minimize, Doc: "mean cross-entropy of the training pairs, while the weights changed"},
			{Name: "accuracy", Title: "Training accuracy", Goal: stage.Maximize, Doc: "share of the training pairs told right at a similarity of 0.5"},
			{Name: "val_loss", Title: "Validation loss", Unit: "nats", Goal: stage.Minimize, Doc: "mean cross-entropy of the validation pairs"},
			{Name: "val_accuracy", Title: "Validation accuracy", Goal: stage.Maximize, Doc: "share of the validation pairs told right at a similarity of 0.5"},
			{Name: "val_auc", Title: "Validation ROC AUC", Goal: stage.Maximize, Primary: true, Doc: "area under the ROC curve of the validation pairs"},
			{Name: "val_eer", Title: "Validation equal error rate", Goal: stage.Minimize, Doc: "EER of the validation pairs"},
			{Name: "kept.epoch", Title: "Epoch kept", Doc: "the epoch whose weights training ended with; kept.val_auc and so on are its figures"},
			{Name: "seconds", Title: "Time of an epoch", Unit: "s", Goal: stage.Minimize},
			{Name: "pairs_per_s", Title: "Training speed", Unit: "pairs/s", Goal: stage.Maximize},
		},
		Random:  true,
		Variant: siamese.Variant,
	}, Params{
		Network: "tutorial", Merge: string(siamese.Subtract), Probes: augmented, Epochs: d.Epochs, Batch: d.Batch,
		Rate: d.Rate, Schedule: d.Schedule.Kind, ScheduleEvery: 5, ScheduleFactor: 0.5, Keep: string(d.Keep), Select: string(d.Select), Winograd: true,
	}, run)
}
