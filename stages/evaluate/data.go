package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/npy"
	"whorl/stages/internal/rows"
)

// difficulties are the subsets of the probes, in the order in which their
// rows are numbered through.
var difficulties = [...]fingerprint.Subset{fingerprint.Easy, fingerprint.Medium, fingerprint.Hard}

// data is what the stage reads, but for the network.
type data struct {
	gallery siamese.Images
	probes  siamese.Images // easy, medium, hard

	enrolled  []impression // of each gallery row
	presented []impression // of each probe row

	calibration, validation               []int // probe rows
	galleryCalibration, galleryValidation []int // gallery rows

	arrays []*npy.Array
}

// An impression is what is known of a row without looking at its pixels.
type impression struct {
	fingerprint.Label
	name       string
	difficulty fingerprint.Subset // of a probe
	alteration string             // of a probe
}

// readData reads the inputs and checks that they fit each other. The images
// stay mapped until Close.
func readData(t *stage.Task) (*data, error) {
	d := new(data)
	if err := d.read(t); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *data) read(t *stage.Task) (err error) {
	var names, alterations map[string][]string
	if err := readJSON(t, "names", &names); err != nil {
		return err
	}
	if err := readJSON(t, "alterations", &alterations); err != nil {
		return err
	}
	if d.gallery, d.enrolled, err = d.subset(t, fingerprint.Real, names); err != nil {
		return err
	}
	var stacks []siamese.Images
	for _, difficulty := range difficulties {
		stack, images, err := d.subset(t, difficulty, names)
		if err != nil {
			return err
		}
		tags := alterations[difficulty.String()]
		if len(tags) != len(images) {
			return fmt.Errorf("read alterations: %d of %s, but x_%s has %d images", len(tags), difficulty, difficulty, len(images))
		}
		for i := range images {
			images[i].difficulty = difficulty
			images[i].alteration = tags[i]
		}
		stacks = append(stacks, stack)
		d.presented = append(d.presented, images...)
	}
	d.probes = siamese.Concat(stacks...)
	for _, s := range []struct {
		input string
		into  *[]int
		of    []impression
	}{
		{"calibration", &d.calibration, d.presented},
		{"validation", &d.validation, d.presented},
		{"gallery_calibration", &d.galleryCalibration, d.enrolled},
		{"gallery_validation", &d.galleryValidation, d.enrolled},
	} {
		if *s.into, err = rows.Selection(t, s.input, len(s.of)); err != nil {
			return err
		}
		if len(*s.into) == 0 {
			return fmt.Errorf("read %s: no rows are selected", s.input)
		}
	}
	return nil
}

// subset maps the images of a subset and reads their labels.
func (d *data) subset(t *stage.Task, s fingerprint.Subset, files map[string][]string) (siamese.Images, []impression, error) {
	name, names := s.String(), files[s.String()]
	fail := func(err error) (siamese.Images, []impression, error) {
		return siamese.Images{}, nil, fmt.Errorf("read x_%s: %w", name, err)
	}
	in, ok := t.Inputs["x_"+name]
	if !ok {
		return fail(errors.New("it is not wired"))
	}
	a, err := npy.Map(in.Path)
	if err != nil {
		return fail(err)
	}
	d.arrays = append(d.arrays, a)
	var stack siamese.Images
	if stack.Pix, stack.N, stack.H, stack.W, err = a.Images(); err != nil {
		return fail(err)
	}
	labels, err := rows.Labels(t, "y_"+name)
	if err != nil {
		return siamese.Images{}, nil, err
	}
	if len(labels) != stack.N || len(names) != stack.N {
		return fail(fmt.Errorf("%d images, but %d labels and %d names", stack.N, len(labels), len(names)))
	}
	images := make([]impression, stack.N)
	for i, l := range labels {
		images[i] = impression{Label: l, name: names[i]}
	}
	return stack, images, nil
}

// Close unmaps the images.
func (d *data) Close() {
	for _, a := range d.arrays {
		a.Close()
	}
}

func readJSON(t *stage.Task, input string, v any) error {
	b, err := t.ReadAll(input)
	if err != nil {
		return fmt.Errorf("read %s: %w", input, err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", input, err)
	}
	return nil
}
