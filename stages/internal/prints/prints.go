package prints

import (
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

// Inputs are the ports that [Open] reads.
func Inputs() []stage.Port {
	return []stage.Port{
		{Name: "prints", Doc: "images of the gallery and the probes", Type: stage.TypeTree, Dir: true},
		{Name: "labels", Doc: "labels of the images", Type: stage.TypeTree, Dir: true},
		{Name: "split", Doc: "rows of train, validation, calibration and test", Type: stage.TypeTree, Dir: true},
	}
}

// A Set is a data set: the gallery, which is the real prints, and the probes.
type Set struct {
	Gallery, Probes siamese.Images
	Enrolled        []Print // of each gallery row
	Presented       []Print // of each probe row

	task   *stage.Task
	arrays []*npy.Array
}

// A Print is what is known of an image without looking at its pixels.
type Print struct {
	fingerprint.Label
	Name       string             // file in the data set
	Difficulty fingerprint.Subset // Real for the gallery
	Alteration string             // of a probe
}

// Finger is the identity by which prints are paired.
func (p *Print) Finger() siamese.Finger { return siamese.Finger(p.Identity().Number()) }

// Open reads the inputs of the task, which [Inputs] names, and checks that they
// fit each other. The images stay mapped until Close.
func Open(t *stage.Task) (*Set, error) {
	s := &Set{task: t}
	if err := s.read(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Set) read() (err error) {
	var names, alterations map[string][]string
	if err := dataset.ReadJSON(s.task, "prints", dataset.NamesFile, &names); err != nil {
		return err
	}
	if err := dataset.ReadJSON(s.task, "labels", dataset.AlterationsFile, &alterations); err != nil {
		return err
	}
	if s.Gallery, s.Enrolled, err = s.subset(fingerprint.Real, names); err != nil {
		return err
	}
	var stacks []siamese.Images
	for _, difficulty := range dataset.ProbeSubsets {
		stack, images, err := s.subset(difficulty, names)
		if err != nil {
			return err
		}
		tags := alterations[difficulty.String()]
		if len(tags) != len(images) {
			return fmt.Errorf("read labels/%s: %d of %s, but prints/%s has %d images",
				dataset.AlterationsFile, len(tags), difficulty, dataset.ImagesFile(difficulty), len(images))
		}
		for i := range images {
			images[i].Alteration = tags[i]
		}
		stacks = append(stacks, stack)
		s.Presented = append(s.Presented, images...)
	}
	s.Probes = siamese.Concat(stacks...)
	return nil
}

// subset maps the images of a subset and reads their labels.
func (s *Set) subset(of fingerprint.Subset, files map[string][]string) (siamese.Images, []Print, error) {
	a, err := dataset.MapImages(s.task, "prints", of)
	if err != nil {
		return siamese.Images{}, nil, err
	}
	s.arrays = append(s.arrays, a)
	pix, n, h, w, err := a.Images()
	if err != nil {
		return siamese.Images{}, nil, err
	}
	labels, err := dataset.ReadLabels(s.task, "labels", of)
	if err != nil {
		return siamese.Images{}, nil, err
	}
	names := files[of.String()]
	if len(labels) != n || len(names) != n {
		return siamese.Images{}, nil, fmt.Errorf("read prints/%s: %d images, but %d labels and %d names",
			dataset.ImagesFile(of), n, len(labels), len(names))
	}
	images := make([]Print, n)
	for i, l := range labels {
		images[i] = Print{Label: l, Name: names[i], Difficulty: of}
	}
	return siamese.Images{Pix: pix, N: n, H: h, W: w}, images, nil
}

// Part reads a part of the split.
func (s *Set) Part(name string) (dataset.Part, error) {
	return dataset.ReadPart(s.task, "split", name, len(s.Presented), len(s.Enrolled))
}

// ProbeOf is the finger of a probe row.
func (s *Set) ProbeOf(row int) siamese.Finger { return s.Presented[row].Finger() }

// GalleryOf is the finger of a gallery row.
func (s *Set) GalleryOf(row int) siamese.Finger { return s.Enrolled[row].Finger() }

// Close unmaps the images.
func (s *Set) Close() {
	for _, a := range s.arrays {
		a.Close()
	}
}
