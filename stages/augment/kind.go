package augment

import (
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
)

// Params are the stage's parameters. The ranges count only as far as the
// policy uses them.
type Params struct {
	Policy string     `param:"policy" enum:"none,post,blur,affine,scale,shift,rotate" doc:"the post's augmentation, nothing, or a part of it; affine is scale, shift and rotate"`
	Sigma  [2]float64 `param:"sigma" min:"0" max:"3" doc:"range of the Gaussian blur's sigma in pixels"`
	Scale  [2]float64 `param:"scale" min:"0.1" max:"10" doc:"range of the scale, drawn for each axis"`
	Shift  [2]float64 `param:"shift" min:"-1" max:"1" doc:"range of the shift as a share of the side, drawn for each axis"`
	Rotate [2]float64 `param:"rotate" min:"-180" max:"180" doc:"range of the rotation in degrees, clockwise"`
	Fill   int        `param:"fill" min:"0" max:"255" doc:"grey value that comes in from beyond the border"`
}

// defaults are the post's.
func defaults() Params {
	p := imaging.Post()
	return Params{Policy: p.Name, Sigma: p.Sigma, Scale: p.Scale, Shift: p.Shift, Rotate: p.Rotate, Fill: int(p.Fill)}
}

// policy returns the policy that the parameters stand for.
func (p *Params) policy() (imaging.Policy, error) {
	all := imaging.Policy{Sigma: p.Sigma, Scale: p.Scale, Shift: p.Shift, Rotate: p.Rotate, Fill: uint8(p.Fill)}
	policy, err := all.Only(p.Policy)
	if err != nil {
		return imaging.Policy{}, err
	}
	return policy, policy.Validate()
}

// Validate checks that the ranges are in order.
func (p *Params) Validate() error {
	_, err := p.policy()
	return err
}

// Kind returns the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "augment",
		Doc:  "how training changes a probe each time it sees it",
		Inputs: []stage.Port{
			{Name: "x_easy", Type: stage.TypeNPY, Doc: "images for the preview"},
			{Name: "x_medium", Type: stage.TypeNPY, Doc: "images for the preview"},
			{Name: "x_hard", Type: stage.TypeNPY, Doc: "images for the preview"},
		},
		Outputs: []stage.Port{
			{Name: "policy", Type: stage.TypeJSON, Doc: "the ranges that training draws from"},
			{Name: "preview", Type: stage.TypePNG, Doc: "probes and what becomes of them in the first epochs"},
		},
		Params: defaults(),
		Random: true,
		Run:    run,
	}
}
