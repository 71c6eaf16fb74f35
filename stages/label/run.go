package label

import (
	"context"
	"encoding/json"
	"fmt"
	"path"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/rows"
)

// A subset is what the names of one subset say, row by row.
type subset struct {
	labels      []fingerprint.Label
	alterations []fingerprint.Alteration
}

func run(_ context.Context, t *stage.Task) error {
	all, err := parse(t)
	if err != nil {
		return err
	}
	alterations := make(map[string][]fingerprint.Alteration)
	subjects := make(map[uint16]bool)
	fingers := make(map[fingerprint.Identity]bool)
	for s, of := range all {
		s := fingerprint.Subset(s)
		if err := rows.WriteLabels(t, "y_"+s.String(), of.labels); err != nil {
			return err
		}
		if s != fingerprint.Real {
			alterations[s.String()] = of.alterations
		}
		for _, l := range of.labels {
			subjects[l.Subject] = true
			fingers[l.Identity()] = true
		}
	}
	t.Metric("subjects", float64(len(subjects)))
	t.Metric("fingers", float64(len(fingers)))
	b, err := json.Marshal(alterations)
	if err != nil {
		return fmt.Errorf("write alterations: %w", err)
	}
	if err := t.WriteFile("alterations", append(b, '\n')); err != nil {
		return fmt.Errorf("write alterations: %w", err)
	}
	return writeSheet(t, all)
}

// parse reads the names and takes them apart.
func parse(t *stage.Task) (all [fingerprint.Subsets]subset, err error) {
	b, err := t.ReadAll("names")
	if err != nil {
		return all, fmt.Errorf("read names: %w", err)
	}
	var names map[string][]string
	if err := json.Unmarshal(b, &names); err != nil {
		return all, fmt.Errorf("read names: %w", err)
	}
	for s := range fingerprint.Subsets {
		of := &all[s]
		files, ok := names[s.String()]
		if !ok {
			return all, fmt.Errorf("read names: the subset %q is missing", s)
		}
		for row, file := range files {
			l, a, err := fingerprint.ParseName(path.Base(file))
			if err == nil {
				err = s.Admits(a)
			}
			if err != nil {
				return all, fmt.Errorf("read names: %s, row %d (%s): %w", s, row, file, err)
			}
			of.labels = append(of.labels, l)
			of.alterations = append(of.alterations, a)
		}
	}
	return all, nil
}
