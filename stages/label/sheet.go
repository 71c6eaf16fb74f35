package label

import (
	"fmt"
	"maps"
	"slices"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/sheet"
)

// writeSheet draws n fingers as each subset shows them: a column for each
// finger, a row for each subset.
func writeSheet(t *stage.Task, all [fingerprint.Subsets]subset, n int) error {
	fingers := spread(all[fingerprint.Real].labels, n)
	s := sheet.Sheet{
		Title: "Prints of the four subsets",
		Note:  "Each column is one finger; below each print the label that its name gives, and its alteration.",
	}
	for sub, of := range all {
		sub := fingerprint.Subset(sub)
		row, err := sampleRow(t, sub, of, fingers)
		if err != nil {
			return err
		}
		s.Rows = append(s.Rows, row)
	}
	return s.Save(t, "samples")
}

// spread picks n labels, one of each of n equal stretches and from further on
// in each: in a data set in order of subjects, different people's different
// fingers. It picks all if there are fewer.
func spread(labels []fingerprint.Label, n int) []fingerprint.Label {
	n = min(n, len(labels))
	picked := make([]fingerprint.Label, n)
	for i := range picked {
		lo, hi := i*len(labels)/n, (i+1)*len(labels)/n
		picked[i] = labels[lo+i*(hi-lo)/n]
	}
	return picked
}

// sampleRow is the sheet's row of a subset, with the given fingers' prints.
func sampleRow(t *stage.Task, s fingerprint.Subset, of subset, fingers []fingerprint.Label) (sheet.Row, error) {
	image, closeImages, err := images(t, s, len(of.labels))
	if err != nil {
		return sheet.Row{}, err
	}
	defer closeImages()
	row := sheet.Row{Title: s.String(), Notes: summary(of)}
	prints := make(map[fingerprint.Identity][]int) // rows
	for i, l := range of.labels {
		prints[l.Identity()] = append(prints[l.Identity()], i)
	}
	for column, f := range fingers {
		cell := image(-1)
		cell.Caption = []string{f.String(), "no print"}
		if rows := prints[f.Identity()]; len(rows) > 0 {
			i := rows[column%len(rows)] // so that every alteration has its turn
			cell = image(i)
			cell.Caption = []string{of.labels[i].String(), string(of.alterations[i])}
		}
		row.Cells = append(row.Cells, cell)
	}
	return row, nil
}

// images returns a function that gives the cell of a row, blank for row -1.
// The cells' pixels are copied, since the array is closed before the sheet is
// drawn.
func images(t *stage.Task, s fingerprint.Subset, want int) (cell func(row int) sheet.Cell, closeImages func() error, err error) {
	a, err := dataset.MapImages(t, "prints", s)
	if err != nil {
		return nil, nil, err
	}
	pix, n, h, w, err := a.Images()
	if err == nil && n != want {
		err = fmt.Errorf("it has %d images, but %s lists %d files", n, dataset.NamesFile, want)
	}
	if err != nil {
		a.Close()
		return nil, nil, fmt.Errorf("read prints/%s: %w", dataset.ImagesFile(s), err)
	}
	return func(row int) sheet.Cell {
		c := sheet.Cell{W: w, H: h}
		if row >= 0 {
			c.Pix = slices.Clone(pix[row*h*w : (row+1)*h*w])
		}
		return c
	}, a.Close, nil
}

// summary counts a subset: its prints, and those of each alteration.
func summary(of subset) []string {
	lines := []string{fmt.Sprintf("%d prints", len(of.labels))}
	count := make(map[fingerprint.Alteration]int)
	for _, a := range of.alterations {
		if a != "" {
			count[a]++
		}
	}
	for _, a := range slices.Sorted(maps.Keys(count)) {
		lines = append(lines, fmt.Sprintf("%d %s", count[a], a))
	}
	return lines
}
