package rows

import (
	"errors"
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/npy"
)

// Labels reads an input that is a y array, uint16 (N, 4): subject, gender,
// hand, finger.
func Labels(t *stage.Task, input string) ([]fingerprint.Label, error) {
	data, shape, err := read[uint16](t, input)
	if err != nil {
		return nil, err
	}
	if len(shape) != 2 || shape[1] != 4 {
		return nil, fmt.Errorf("read %s: shape is %v, want [N 4]: the rows of a y array", input, shape)
	}
	labels := make([]fingerprint.Label, shape[0])
	for i := range labels {
		if labels[i], err = fingerprint.FromRow([4]uint16(data[4*i:])); err != nil {
			return nil, fmt.Errorf("read %s: row %d: %w", input, i, err)
		}
	}
	return labels, nil
}

// WriteLabels makes an output that [Labels] reads.
func WriteLabels(t *stage.Task, output string, labels []fingerprint.Label) error {
	data := make([]uint16, 0, 4*len(labels))
	for _, l := range labels {
		row := l.Row()
		data = append(data, row[:]...)
	}
	return write(t, output, data, len(labels), 4)
}

// Selection reads an input that selects rows of an array of n: int64 (k,),
// strictly ascending.
func Selection(t *stage.Task, input string, n int) ([]int, error) {
	data, shape, err := read[int64](t, input)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 {
		return nil, fmt.Errorf("read %s: shape is %v, want [N]: row numbers", input, shape)
	}
	rows := make([]int, len(data))
	for i, r := range data {
		if r < 0 || r >= int64(n) {
			return nil, fmt.Errorf("read %s: element %d is row %d, but there are %d rows", input, i, r, n)
		}
		if i > 0 && r <= data[i-1] {
			return nil, fmt.Errorf("read %s: element %d is row %d, which does not follow %d: rows must ascend", input, i, r, data[i-1])
		}
		rows[i] = int(r)
	}
	return rows, nil
}

// WriteSelection makes an output that [Selection] reads.
func WriteSelection(t *stage.Task, output string, rows []int) error {
	data := make([]int64, len(rows))
	for i, r := range rows {
		data[i] = int64(r)
	}
	return write(t, output, data, len(data))
}

func read[T npy.Elem](t *stage.Task, input string) ([]T, []int, error) {
	f, err := t.Open(input)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", input, err)
	}
	defer f.Close()
	data, shape, err := npy.Read[T](f)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", input, err)
	}
	return data, shape, nil
}

func write[T npy.Elem](t *stage.Task, output string, data []T, shape ...int) error {
	f, err := t.Create(output)
	if err == nil {
		err = errors.Join(npy.Write(f, data, shape...), f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", output, err)
	}
	return nil
}
