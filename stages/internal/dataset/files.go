package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/npy"
)

// Files of the artifacts "prints" and "labels" that are not arrays.
const (
	NamesFile       = "names.json"       // the file behind each row, by subset
	RejectsFile     = "rejects.json"     // the files that were refused, with the reasons
	AlterationsFile = "alterations.json" // the alteration of each row, by subset of the probes
)

// ProbeSubsets are the subsets of the probes, in the order of their rows.
var ProbeSubsets = [...]fingerprint.Subset{fingerprint.Easy, fingerprint.Medium, fingerprint.Hard}

// ImagesFile is the array of a subset's images in "prints": uint8 (N, height, width).
func ImagesFile(s fingerprint.Subset) string { return "x_" + s.String() + ".npy" }

// LabelsFile is the array of a subset's labels in "labels": uint16 (N, 4).
func LabelsFile(s fingerprint.Subset) string { return "y_" + s.String() + ".npy" }

// MapImages maps the images of a subset in the given input. The pixels are
// valid until the array is closed.
func MapImages(t *stage.Task, input string, s fingerprint.Subset) (*npy.Array, error) {
	at, err := find(t, input, ImagesFile(s))
	if err != nil {
		return nil, err
	}
	a, err := npy.Map(at.path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	if _, _, _, _, err := a.Images(); err != nil {
		a.Close()
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	return a, nil
}

// ReadJSON reads a JSON file of an input into v.
func ReadJSON(t *stage.Task, input, file string, v any) error {
	at, err := find(t, input, file)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(at.path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", at, err)
	}
	return nil
}

// WriteJSON writes v to a file of a directory, with a line feed at the end.
func WriteJSON(dir, file string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, file), append(b, '\n'), 0o666)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// A location is a file of an input that is a directory. It prints as
// "prints/x_real.npy", since the path must not reach a result.
type location struct{ input, file, path string }

func (l location) String() string { return l.input + "/" + l.file }

func find(t *stage.Task, input, file string) (location, error) {
	in, ok := t.Inputs[input]
	if !ok {
		return location{}, fmt.Errorf("read %s: the input %q is not connected", file, input)
	}
	return location{input, file, filepath.Join(in.Path, file)}, nil
}

func readArray[T npy.Elem](t *stage.Task, input, file string) (data []T, shape []int, at location, err error) {
	if at, err = find(t, input, file); err != nil {
		return nil, nil, at, err
	}
	f, err := os.Open(at.path)
	if err != nil {
		return nil, nil, at, fmt.Errorf("read %s: %w", at, err)
	}
	defer f.Close()
	if data, shape, err = npy.Read[T](f); err != nil {
		return nil, nil, at, fmt.Errorf("read %s: %w", at, err)
	}
	return data, shape, at, nil
}

func writeArray[T npy.Elem](dir, file string, data []T, shape ...int) error {
	f, err := os.Create(filepath.Join(dir, file))
	if err == nil {
		err = errors.Join(npy.Write(f, data, shape...), f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
