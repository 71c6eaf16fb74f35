package evaluate

import (
	"encoding/json"
	"fmt"

	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/prints"
)

// data is what the stage reads, except for the network.
type data struct {
	*prints.Set
	calibration, test dataset.Part
}

// readData reads the inputs and checks that they fit each other. The images
// stay mapped until Close.
func readData(t *stage.Task) (*data, error) {
	s, err := prints.Open(t)
	if err != nil {
		return nil, err
	}
	d := &data{Set: s}
	if d.calibration, err = s.Part(dataset.Calibration); err == nil {
		d.test, err = s.Part(dataset.Test)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return d, nil
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
