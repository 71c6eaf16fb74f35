package augment

import (
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
)

// Params are the stage's parameters. The ranges count only as far as the
// policy uses them.
type Params struct {
	Policy string     `param:"policy" enum:"none,tutorial,geometric,blur,scale,shift,rotate,all,post,affine" doc:"the tutorial's augmentation, nothing, or a part of it; geometric is scale, shift and rotate; all and post mean tutorial, affine means geometric"`
	Sigma  [2]float64 `param:"sigma" min:"0" max:"3" doc:"range of the Gaussian blur's sigma in pixels"`
	Scale  [2]float64 `param:"scale" min:"0.1" max:"10" doc:"range of the scale, drawn for each axis"`
	Shift  [2]float64 `param:"shift" min:"-1" max:"1" doc:"range of the shift as a share of the side, drawn for each axis"`
	Rotate [2]float64 `param:"rotate" min:"-180" max:"180" doc:"range of the rotation in degrees, clockwise"`
	Fill   int        `param:"fill" min:"0" max:"255" doc:"grey value from beyond the border"`
	Seed   int        `param:"seed" min:"0" doc:"seed of the augmentation, here and in training; 0 for the run's"`

	given string // the policy's old name, if that was given
}

// defaults are the tutorial's.
func defaults() Params {
	p := imaging.Tutorial()
	return Params{Policy: p.Name, Sigma: p.Sigma, Scale: p.Scale, Shift: p.Shift, Rotate: p.Rotate, Fill: int(p.Fill)}
}

// renamed are names of policies that stand for others.
var renamed = map[string]string{"all": "tutorial", "post": "tutorial", "affine": "geometric"}

// policy returns the policy that the parameters stand for.
func (p *Params) policy() (imaging.Policy, error) {
	all := imaging.Policy{Sigma: p.Sigma, Scale: p.Scale, Shift: p.Shift, Rotate: p.Rotate, Fill: uint8(p.Fill), Seed: uint64(p.Seed)}
	policy, err := all.Only(p.Policy)
	if err != nil {
		return imaging.Policy{}, err
	}
	return policy, policy.Validate()
}

// Validate checks that the ranges are in order. It gives the policy its
// present name, so that both names have the same key.
func (p *Params) Validate() error {
	if name, ok := renamed[p.Policy]; ok {
		p.given, p.Policy = p.Policy, name
	}
	_, err := p.policy()
	return err
}

// Kind returns the stage.
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name:   "augment",
		Doc:    "how training changes a probe each time it sees it",
		Inputs: []stage.Port{{Name: "prints", Type: stage.TypeTree, Dir: true, Doc: "images for the preview"}},
		Outputs: []stage.Port{
			{Name: "policy", Type: stage.TypeJSON, Doc: "the ranges that training draws from"},
			{Name: "preview", Type: stage.TypePNG, Doc: "probes and what becomes of them in the first epochs"},
		},
		Random: true,
	}, defaults(), run)
}
