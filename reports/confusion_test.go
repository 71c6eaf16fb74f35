package reports

import (
	"math"
	"testing"
)

func TestMatrix(t *testing.T) {
	const z2 = 1.959963984540054 * 1.959963984540054
	m := newMatrix(operating{Name: "fixed", Threshold: 0.5, TP: 8, FN: 2, FP: 0, TN: 10})
	genuine, impostor := m.Classes[0], m.Classes[1]
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"genuine precision", genuine.Precision, 1},
		{"genuine recall", genuine.Recall, 0.8},
		{"genuine F1", genuine.F1, 16.0 / 18},
		{"impostor precision", impostor.Precision, 10.0 / 12},
		{"impostor recall", impostor.Recall, 1},
		{"impostor F1", impostor.F1, 20.0 / 22},
		{"part of the genuine rejected", genuine.Cells[1].Part, 0.2},
		{"accuracy", m.Rates[0].Value, 0.9},
		{"FMR", m.Rates[1].Value, 0},
		{"FNMR", m.Rates[2].Value, 0.2},
		{"lower end of FMR", m.Rates[1].Interval.Low, 0},
		{"upper end of FMR", m.Rates[1].Interval.High, z2 / (10 + z2)}, // no error in 10
	} {
		if math.Abs(test.got-test.want) > 1e-12 {
			t.Errorf("%s is %v, want %v", test.name, test.got, test.want)
		}
	}
	if impostor.Cells[0].Shade() != 0 || genuine.Cells[1].Shade() == 0 {
		t.Error("no error is coloured, or an error is not")
	}
	none := newMatrix(operating{FP: 0, TN: 3})
	if none.Classes[0].Recall != 0 || len(none.Rates) != 2 {
		t.Errorf("without genuine pairs: %+v", none)
	}
}
