package siamese

import "fmt"

// Data is what a network is trained and validated on.
type Data struct {
	Probes, Gallery    Images
	ProbeOf, GalleryOf func(row int) Finger
	Train, Validation  []int // rows of Probes
	GalleryTrain       []int // rows of Gallery that training may use
	GalleryValidation  []int
	// Augment, unless nil, writes to dst the augmented pixels of a probe
	// whose pixels are src, at the given epoch (from 1). It is called by
	// several goroutines at once, and must depend on its arguments only.
	Augment func(dst, src []uint8, epoch, probe int)
}

// check returns an error if the data do not fit the architecture.
func (d *Data) check(a Architecture) error {
	if err := d.Probes.check("probes", a.Height, a.Width); err != nil {
		return err
	}
	if err := d.Gallery.check("gallery", a.Height, a.Width); err != nil {
		return err
	}
	if len(d.Train) == 0 {
		return fmt.Errorf("no probe to train on")
	}
	for _, c := range []struct {
		what string
		rows []int
		n    int
	}{
		{"train", d.Train, d.Probes.N},
		{"validation", d.Validation, d.Probes.N},
		{"gallery of train", d.GalleryTrain, d.Gallery.N},
		{"gallery of validation", d.GalleryValidation, d.Gallery.N},
	} {
		for i, row := range c.rows {
			if row < 0 || row >= c.n {
				return fmt.Errorf("%s: entry %d is row %d of %d", c.what, i, row, c.n)
			}
		}
	}
	return nil
}
