package dataset

import (
	"fmt"

	"whorl/pipeline/stage"
)

// Parts are the parts of a split, in the order in which data passes through
// them: the network learns from train, its epochs are selected on validation,
// thresholds come from calibration, and test is only reported on.
var Parts = [...]string{Train, Validation, Calibration, Test}

// The names of the parts.
const (
	Train       = "train"
	Validation  = "validation"
	Calibration = "calibration"
	Test        = "test"
)

// A Part is what one part of the experiment may see.
type Part struct {
	Name    string
	Probes  []int // rows of the probes, ascending
	Gallery []int // rows of the gallery, ascending
}

// ReadPart reads a part of the split in the given input, a directory that
// [WritePart] filled. It fails if a row is not among so many probes or gallery
// images, or if none is selected.
func ReadPart(t *stage.Task, input, name string, probes, gallery int) (Part, error) {
	p := Part{Name: name}
	var err error
	if p.Probes, err = readRows(t, input, name+".npy", probes); err != nil {
		return Part{}, err
	}
	if p.Gallery, err = readRows(t, input, "gallery_"+name+".npy", gallery); err != nil {
		return Part{}, err
	}
	return p, nil
}

// readRows reads row numbers of an array of n rows: int64 (k,), strictly
// ascending, at least one.
func readRows(t *stage.Task, input, file string, n int) ([]int, error) {
	data, shape, at, err := readArray[int64](t, input, file)
	switch {
	case err != nil:
		return nil, err
	case len(shape) != 1:
		return nil, fmt.Errorf("read %s: shape is %v, want [N]: row numbers", at, shape)
	case len(data) == 0:
		return nil, fmt.Errorf("read %s: no rows are selected", at)
	}
	rows := make([]int, len(data))
	for i, r := range data {
		if r < 0 || r >= int64(n) {
			return nil, fmt.Errorf("read %s: element %d is row %d, but there are %d rows", at, i, r, n)
		}
		if i > 0 && r <= data[i-1] {
			return nil, fmt.Errorf("read %s: element %d is row %d, which does not follow %d: rows must ascend", at, i, r, data[i-1])
		}
		rows[i] = int(r)
	}
	return rows, nil
}

// WritePart writes a part to a directory.
func WritePart(dir string, p Part) error {
	if err := writeRows(dir, p.Name+".npy", p.Probes); err != nil {
		return err
	}
	return writeRows(dir, "gallery_"+p.Name+".npy", p.Gallery)
}

func writeRows(dir, file string, rows []int) error {
	data := make([]int64, len(rows))
	for i, r := range rows {
		data[i] = int64(r)
	}
	return writeArray(dir, file, data, len(data))
}
