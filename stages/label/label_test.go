package label

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

const names = `{
 "real": ["Real/001__M_Left_thumb_finger.BMP", "Real/12__F_Right_little_finger.BMP"],
 "easy": ["Altered/Altered-Easy/12__F_Right_little_finger_CR.BMP", "Altered/Altered-Easy/12__F_Right_little_finger_Zcut.BMP"],
 "medium": ["Altered/Altered-Medium/001__M_Left_thumb_SWarp.BMP"],
 "hard": []
}`

// input makes an input with the given names and so many images of 4x6 pixels
// in each subset.
func input(t *testing.T, names string, counts ...int) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, dataset.NamesFile), []byte(names), 0o666); err != nil {
		t.Fatal(err)
	}
	for s, n := range counts {
		var b bytes.Buffer
		if err := npy.Write(&b, make([]uint8, n*24), n, 4, 6); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, dataset.ImagesFile(fingerprint.Subset(s))), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"prints": dir}
}

func TestLabel(t *testing.T) {
	r := stagetest.Run(t, Kind(), nil, 0, input(t, names, 2, 2, 1, 0))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for subset, want := range map[string][]uint16{
		"real":   {1, 0, 0, 0, 12, 1, 1, 4},
		"easy":   {12, 1, 1, 4, 12, 1, 1, 4},
		"medium": {1, 0, 0, 0},
		"hard":   {},
	} {
		got, shape, err := npy.Read[uint16](bytes.NewReader(r.Bytes("labels/y_" + subset + ".npy")))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) || !slices.Equal(shape, []int{len(want) / 4, 4}) {
			t.Errorf("y_%s is %v of shape %v, want %v", subset, got, shape, want)
		}
	}
	var alterations map[string][]string
	if err := json.Unmarshal(r.Bytes("labels/alterations.json"), &alterations); err != nil {
		t.Fatal(err)
	}
	if len(alterations) != 3 || !slices.Equal(alterations["easy"], []string{"CR", "Zcut"}) || !slices.Equal(alterations["medium"], []string{"SWarp"}) {
		t.Errorf("alterations %v", alterations)
	}
	if r.Metric("subjects") != 2 || r.Metric("fingers") != 2 {
		t.Errorf("metrics %v", r.Metrics)
	}
}

func TestSheet(t *testing.T) {
	r := stagetest.Run(t, Kind(), nil, 0, input(t, names, 2, 2, 1, 0))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	m, err := png.Decode(bytes.NewReader(r.Bytes("samples")))
	if err != nil {
		t.Fatal(err)
	}
	black := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r+g+b == 0 {
				black++
			}
		}
	}
	// The two fingers are on the sheet in Real, one of them in each of easy
	// and medium; images are black and drawn at twice their size.
	if want := 4 * 4 * 24; black != want {
		t.Errorf("%d black pixels, want %d", black, want)
	}
}

// Of several alterations of a finger each has its turn, from column to column.
func TestAlterationsTakeTurns(t *testing.T) {
	finger := fingerprint.Label{Subject: 3}
	of := subset{
		labels:      []fingerprint.Label{finger, {Subject: 4}, finger, finger},
		alterations: []fingerprint.Alteration{"CR", "Zcut", "Obl", "Warp"},
	}
	task := &stage.Task{Inputs: map[string]stage.Input{"prints": {Path: input(t, "", 0, 4)["prints"], Dir: true}}}
	row, err := sampleRow(task, fingerprint.Easy, of, []fingerprint.Label{finger, finger, finger, finger, {Subject: 5}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"CR", "Obl", "Warp", "CR", "no print"} {
		if got := row.Cells[i].Caption[1]; got != want {
			t.Errorf("column %d shows %s, want %s", i, got, want)
		}
	}
	if want := []string{"4 prints", "1 CR", "1 Obl", "1 Warp", "1 Zcut"}; !slices.Equal(row.Notes, want) {
		t.Errorf("notes %q, want %q", row.Notes, want)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{`{`, "read prints/names.json: unexpected end"},
		{`{"real": [], "easy": [], "medium": []}`, `the subset "hard" is missing`},
		{strings.Replace(names, "_Zcut", "_", 1), "read prints/names.json: easy, row 1 (Altered/Altered-Easy/12__F_Right_little_finger_.BMP): name"},
		{strings.Replace(names, "_Zcut", "", 1), "has no alteration"},
	} {
		r := stagetest.Run(t, Kind(), nil, 0, input(t, c.names, 2, 2, 1, 0))
		if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", r.Err, c.want)
		}
	}
	if err := stagetest.Run(t, Kind(), nil, 0, input(t, names, 2, 3, 1, 0)).Err; err == nil || !strings.Contains(err.Error(), "read prints/x_easy.npy: it has 3 images, but names.json lists 2 files") {
		t.Errorf("error %v", err)
	}
}

func TestSpread(t *testing.T) {
	for have := range 30 {
		labels := make([]fingerprint.Label, have)
		for i := range labels {
			labels[i].Subject = uint16(i)
		}
		for n := 1; n <= 12; n++ {
			picked := spread(labels, n)
			if len(picked) != min(n, have) {
				t.Fatalf("%d of %d: picked %d", n, have, len(picked))
			}
			for i := 1; i < len(picked); i++ {
				if picked[i].Subject <= picked[i-1].Subject {
					t.Fatalf("%d of %d: picked %v", n, have, picked)
				}
			}
		}
	}
}
