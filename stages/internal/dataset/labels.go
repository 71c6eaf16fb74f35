package dataset

import (
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
)

// ReadLabels reads the labels of a subset in the given input, a directory
// that [WriteLabels] filled.
func ReadLabels(t *stage.Task, input string, s fingerprint.Subset) ([]fingerprint.Label, error) {
	data, shape, at, err := readArray[uint16](t, input, LabelsFile(s))
	if err != nil {
		return nil, err
	}
	if len(shape) != 2 || shape[1] != 4 {
		return nil, fmt.Errorf("read %s: shape is %v, want [N 4]: subject, gender, hand, finger", at, shape)
	}
	labels := make([]fingerprint.Label, shape[0])
	for i := range labels {
		if labels[i], err = fingerprint.FromRow([4]uint16(data[4*i:])); err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", at, i, err)
		}
	}
	return labels, nil
}

// WriteLabels writes the labels of a subset to a directory.
func WriteLabels(dir string, s fingerprint.Subset, labels []fingerprint.Label) error {
	data := make([]uint16, 0, 4*len(labels))
	for _, l := range labels {
		row := l.Row()
		data = append(data, row[:]...)
	}
	return writeArray(dir, LabelsFile(s), data, len(labels), 4)
}
