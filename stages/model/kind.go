package model

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"whorl/pipeline/stage"
	"whorl/siamese"
	"whorl/siamese/model"
)

// Params are the parameters of the stage: none.
type Params struct{}

// Kind returns the stage kind "model".
func Kind() stage.Kind {
	return stage.Define(stage.Kind{
		Name: "model",
		Doc:  "puts the network and its measured thresholds into one file for use",
		Inputs: []stage.Port{
			{Name: "weights", Doc: "the trained network", Type: stage.TypeNPZ},
			{Name: "thresholds", Doc: "decisions at each threshold, of evaluate", Type: stage.TypeJSON},
			{Name: "intervals", Doc: "confidence intervals of the rates, of evaluate", Type: stage.TypeJSON},
			{Name: "calibration", Doc: "score calibration, of evaluate", Type: stage.TypeJSON},
			{Name: "audit", Doc: "what the split kept apart", Type: stage.TypeJSON, Optional: true},
		},
		Outputs: []stage.Port{
			{Name: "model", Doc: "weights, architecture, normalisation, calibrated thresholds with measured FMR and FNMR", Type: model.MediaType},
		},
	}, Params{}, run)
}

func run(_ context.Context, t *stage.Task, _ Params) error {
	in, err := read(t)
	if err != nil {
		return err
	}
	network, err := siamese.ReadWeights(bytes.NewReader(in.weights), int64(len(in.weights)))
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	meta, err := in.metadata(t)
	if err != nil {
		return err
	}
	m, err := model.New(network, meta)
	if err != nil {
		return err
	}
	f, err := t.Create("model")
	if err != nil {
		return err
	}
	if _, err := m.WriteTo(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// inputs are the inputs as they were read.
type inputs struct {
	weights     []byte
	digests     map[string]string // of each input, by name
	thresholds  thresholds
	intervals   intervals
	calibration calibration
	audit       audit
}

func read(t *stage.Task) (*inputs, error) {
	in := &inputs{digests: map[string]string{}}
	for name, into := range map[string]any{
		"weights": &in.weights, "thresholds": &in.thresholds, "intervals": &in.intervals,
		"calibration": &in.calibration, "audit": &in.audit,
	} {
		if name == "audit" && !t.Has(name) {
			continue
		}
		text, err := t.ReadAll(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		sum := sha256.Sum256(text)
		in.digests[name] = hex.EncodeToString(sum[:])
		if raw, ok := into.(*[]byte); ok {
			*raw = text
		} else if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return in, nil
}
