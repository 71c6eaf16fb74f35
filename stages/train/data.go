package train

import (
	"bytes"
	"fmt"
	"sync"

	"whorl/fingerprint"
	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/npy"
	"whorl/stages/internal/rows"
)

// inputs is what the stage reads. The images stay mapped until Close.
type inputs struct {
	siamese.Data
	subsets []subset // of the probes
	arrays  []*npy.Array
}

// A subset is a stretch of the probes' rows.
type subset struct {
	name string
	n    int
}

// readInputs reads the inputs and checks that they fit each other.
func readInputs(t *stage.Task) (*inputs, error) {
	in := new(inputs)
	if err := in.read(t); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

func (in *inputs) read(t *stage.Task) error {
	var err error
	var enrolled, presented []siamese.Finger
	if in.Gallery, enrolled, err = in.images(t, "real"); err != nil {
		return err
	}
	var stacks []siamese.Images
	for _, name := range []string{"easy", "medium", "hard"} {
		stack, fingers, err := in.images(t, name)
		if err != nil {
			return err
		}
		stacks = append(stacks, stack)
		presented = append(presented, fingers...)
		in.subsets = append(in.subsets, subset{name, stack.N})
	}
	in.Probes = siamese.Concat(stacks...)
	in.ProbeOf = func(row int) siamese.Finger { return presented[row] }
	in.GalleryOf = func(row int) siamese.Finger { return enrolled[row] }
	for _, s := range []struct {
		input string
		into  *[]int
		n     int
	}{
		{"train", &in.Train, in.Probes.N},
		{"validation", &in.Validation, in.Probes.N},
		{"gallery_train", &in.GalleryTrain, in.Gallery.N},
		{"gallery_validation", &in.GalleryValidation, in.Gallery.N},
	} {
		if *s.into, err = rows.Selection(t, s.input, s.n); err != nil {
			return err
		}
		if len(*s.into) == 0 {
			return fmt.Errorf("read %s: no rows are selected", s.input)
		}
	}
	in.Augment, err = augment(t, in.Gallery.H, in.Gallery.W)
	return err
}

// images maps a subset's images and reads whose they are.
func (in *inputs) images(t *stage.Task, name string) (siamese.Images, []siamese.Finger, error) {
	a, err := npy.Map(t.Inputs["x_"+name].Path)
	if err != nil {
		return siamese.Images{}, nil, fmt.Errorf("read x_%s: %w", name, err)
	}
	in.arrays = append(in.arrays, a)
	var im siamese.Images
	if im.Pix, im.N, im.H, im.W, err = a.Images(); err != nil {
		return siamese.Images{}, nil, fmt.Errorf("read x_%s: %w", name, err)
	}
	labels, err := rows.Labels(t, "y_"+name)
	if err != nil {
		return siamese.Images{}, nil, err
	}
	if len(labels) != im.N {
		return siamese.Images{}, nil, fmt.Errorf("read y_%s: %d labels for %d images", name, len(labels), im.N)
	}
	fingers := make([]siamese.Finger, im.N)
	for i, l := range labels {
		fingers[i] = finger(l)
	}
	return im, fingers, nil
}

// finger is the identity by which prints are paired.
func finger(l fingerprint.Label) siamese.Finger { return siamese.Finger(l.Identity().Number()) }

// augment reads the policy and returns what applies it.
func augment(t *stage.Task, h, w int) (func(dst, src []uint8, epoch, probe int), error) {
	text, err := t.ReadAll("policy")
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	policy, err := imaging.ReadPolicy(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	idle := sync.Pool{New: func() any { return imaging.NewAugmenter(policy, t.Seed, w, h) }}
	return func(dst, src []uint8, epoch, probe int) {
		a := idle.Get().(*imaging.Augmenter)
		a.Apply(dst, src, epoch, probe)
		idle.Put(a)
	}, nil
}

// probe names a row of the probes: "easy row 7".
func (in *inputs) probe(row int) string {
	for _, s := range in.subsets {
		if row < s.n {
			return fmt.Sprintf("%s row %d", s.name, row)
		}
		row -= s.n
	}
	return fmt.Sprintf("row %d", row)
}

// Close unmaps the images.
func (in *inputs) Close() {
	for _, a := range in.arrays {
		a.Close()
	}
}
