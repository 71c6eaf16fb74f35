package evaluate

import (
	"encoding/json"
	"fmt"
	"math"

	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/prints"
)

// data is what the stage reads, except for the network.
type data struct {
	*prints.Set
	seed              uint64
	calibration, test side
}

// A side is a part of the split whose probes are compared with its gallery.
type side struct {
	dataset.Part
	images siamese.Images // of the probes, as they are presented
	rows   []int          // of images, one for each of Probes
}

// readData reads the inputs and checks that they fit each other. The images
// stay mapped until Close.
func readData(t *stage.Task, p Params) (*data, error) {
	s, err := prints.Open(t)
	if err != nil {
		return nil, err
	}
	d := &data{Set: s, seed: t.Seed}
	if p.Seed != 0 {
		d.seed = uint64(p.Seed)
	}
	if d.calibration, err = d.side(dataset.Calibration, p.Probe); err == nil {
		d.test, err = d.side(dataset.Test, p.Probe)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return d, nil
}

func (d *data) side(name, probe string) (side, error) {
	part, err := d.Part(name)
	if err != nil {
		return side{}, err
	}
	s := side{part, d.Probes, part.Probes}
	if probe != "plain" {
		s.images, s.rows = d.present(part.Probes, probe == "partial"), dataset.Count(len(part.Probes))
	}
	return s, nil
}

// presentation is the epoch of which probes are augmented here. Training
// counts epochs from 1, so that no probe is presented as training saw it.
const presentation = 0

// visible is the share of the area that a partial probe shows.
const visible = 0.6

// present augments probes by the tutorial's ranges, each as its row and the
// seed say, and covers all but the middle of partial ones.
func (d *data) present(rows []int, partial bool) siamese.Images {
	policy := imaging.Tutorial()
	h, w := d.Probes.H, d.Probes.W
	augmenter := imaging.NewAugmenter(policy, d.seed, w, h)
	pix := make([]uint8, len(rows)*h*w)
	for i, row := range rows {
		one := pix[i*h*w : (i+1)*h*w]
		augmenter.Apply(one, d.Probes.At(row), presentation, row)
		if partial {
			cover(one, h, w, policy.Fill)
		}
	}
	return siamese.Images{Pix: pix, N: len(rows), H: h, W: w}
}

// cover fills all but a rectangle in the middle, which has the visible share of
// the area and the image's proportions, to the nearest pixel.
func cover(pix []uint8, h, w int, fill uint8) {
	side := math.Sqrt(visible)
	height, width := int(math.Round(side*float64(h))), int(math.Round(side*float64(w)))
	top, left := (h-height)/2, (w-width)/2
	for y := range h {
		for x := range w {
			if y < top || y >= top+height || x < left || x >= left+width {
				pix[y*w+x] = fill
			}
		}
	}
}

func writeJSON(t *stage.Task, output string, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		err = t.WriteFile(output, append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	return nil
}
