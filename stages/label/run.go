package label

import (
	"context"
	"fmt"
	"path"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
)

// A subset is what the names of one subset say, row by row.
type subset struct {
	labels      []fingerprint.Label
	alterations []fingerprint.Alteration
}

func run(_ context.Context, t *stage.Task, p Params) error {
	all, err := parse(t)
	if err != nil {
		return err
	}
	dir, err := t.CreateDir("labels")
	if err != nil {
		return err
	}
	alterations := make(map[string][]fingerprint.Alteration)
	subjects := make(map[uint16]bool)
	fingers := make(map[fingerprint.Identity]bool)
	for s, of := range all {
		s := fingerprint.Subset(s)
		if err := dataset.WriteLabels(dir, s, of.labels); err != nil {
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
	if err := dataset.WriteJSON(dir, dataset.AlterationsFile, alterations); err != nil {
		return err
	}
	return writeSheet(t, all, p.Samples)
}

// parse reads the names and takes them apart.
func parse(t *stage.Task) (all [fingerprint.Subsets]subset, err error) {
	var names map[string][]string
	if err := dataset.ReadJSON(t, "prints", dataset.NamesFile, &names); err != nil {
		return all, err
	}
	for s := range fingerprint.Subsets {
		of := &all[s]
		files, ok := names[s.String()]
		if !ok {
			return all, fmt.Errorf("read prints/%s: the subset %q is missing", dataset.NamesFile, s)
		}
		for row, file := range files {
			l, a, err := fingerprint.ParseName(path.Base(file))
			if err == nil {
				err = s.Admits(a)
			}
			if err != nil {
				return all, fmt.Errorf("read prints/%s: %s, row %d (%s): %w", dataset.NamesFile, s, row, file, err)
			}
			of.labels = append(of.labels, l)
			of.alterations = append(of.alterations, a)
		}
	}
	return all, nil
}
