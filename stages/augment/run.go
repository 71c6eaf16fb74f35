package augment

import (
	"context"
	"errors"
	"fmt"
	"math"

	"whorl/fingerprint"
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/sheet"
)

// The preview's extent.
const (
	probes = 2 // of each difficulty
	epochs = 5
)

func run(_ context.Context, t *stage.Task, p Params) error {
	if p.given == "post" || p.given == "affine" {
		t.Logf("policy: %q is the old name of %q", p.given, p.Policy)
	}
	policy, err := p.policy()
	if err != nil {
		return err
	}
	f, err := t.Create("policy")
	if err != nil {
		return fmt.Errorf("write policy: %w", err)
	}
	if err := errors.Join(policy.Write(f), f.Close()); err != nil {
		return fmt.Errorf("write policy: %w", err)
	}
	return writePreview(t, policy)
}

// writePreview draws the sheet.
func writePreview(t *stage.Task, policy imaging.Policy) error {
	rows, err := preview(t, policy)
	if err != nil {
		return err
	}
	s := sheet.Sheet{
		Title: fmt.Sprintf("Augmentation %q", policy.Name),
		Note:  fmt.Sprintf("Probes as they are, and as training with seed %d sees them in its first epochs.", seed(t, policy)),
		Rows:  rows,
	}
	return s.Save(t, "preview")
}

// preview returns the rows of some probes of each difficulty. A sample's number
// is its row among easy, medium and hard one after another, as in training.
func preview(t *stage.Task, policy imaging.Policy) ([]sheet.Row, error) {
	var rows []sheet.Row
	before := 0 // probes of the difficulties before this one
	for _, difficulty := range dataset.ProbeSubsets {
		some, n, err := previewOf(t, policy, difficulty, before)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
		before += n
	}
	return rows, nil
}

// previewOf returns the rows of some probes of one difficulty, evenly spaced,
// and how many there are in all.
func previewOf(t *stage.Task, policy imaging.Policy, difficulty fingerprint.Subset, before int) (rows []sheet.Row, n int, err error) {
	a, err := dataset.MapImages(t, "prints", difficulty)
	if err != nil {
		return nil, 0, err
	}
	defer a.Close()
	pix, n, h, w, err := a.Images()
	if err != nil {
		return nil, 0, err
	}
	augmenter := imaging.NewAugmenter(policy, seed(t, policy), w, h)
	shown := min(probes, n)
	for k := range shown {
		i := (2*k + 1) * n / (2 * shown)
		plain := append([]uint8(nil), pix[i*w*h:(i+1)*w*h]...) // outlives the mapping
		row := sheet.Row{
			Title: difficulty.String(),
			Notes: []string{fmt.Sprintf("probe %d", before+i)},
			Cells: []sheet.Cell{{Pix: plain, W: w, H: h, Caption: []string{"as it is"}}},
		}
		for epoch := 1; epoch <= epochs; epoch++ {
			changed := make([]uint8, w*h)
			augmenter.Apply(changed, plain, epoch, before+i)
			row.Cells = append(row.Cells, sheet.Cell{
				Pix: changed, W: w, H: h, Apart: epoch == 1,
				Caption: append([]string{fmt.Sprintf("epoch %d", epoch)}, describe(policy.Sample(seed(t, policy), epoch, before+i))...),
			})
		}
		rows = append(rows, row)
	}
	return rows, n, nil
}

// seed is the policy's own seed, or else the run's.
func seed(t *stage.Task, policy imaging.Policy) uint64 {
	if policy.Seed != 0 {
		return policy.Seed
	}
	return t.Seed
}

// describe says in two lines what a transform does.
func describe(t imaging.Transform) []string {
	var affine, blur string
	if t.Moves() {
		kind := "nearest"
		if t.Bilinear {
			kind = "bilinear"
		}
		affine = fmt.Sprintf("%+.0f°, %.2f x %.2f, %s", t.Rotate, t.ScaleX, t.ScaleY, kind)
		blur = fmt.Sprintf("shift %+d%% %+d%%", percent(t.ShiftX), percent(t.ShiftY))
	}
	if t.Sigma > 0 {
		if blur != "" {
			blur += ", "
		}
		blur += fmt.Sprintf("blur %.2f", t.Sigma)
	}
	return []string{affine, blur}
}

func percent(share float64) int { return int(math.Round(100 * share)) }
