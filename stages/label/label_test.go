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
	"whorl/stages/internal/npy"
)

const names = `{
 "real": ["Real/001__M_Left_thumb_finger.BMP", "Real/12__F_Right_little_finger.BMP"],
 "easy": ["Altered/Altered-Easy/12__F_Right_little_finger_CR.BMP", "Altered/Altered-Easy/12__F_Right_little_finger_Zcut.BMP"],
 "medium": ["Altered/Altered-Medium/001__M_Left_thumb_SWarp.BMP"],
 "hard": []
}`

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// array makes n images of 4x6 pixels.
func array(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, make([]uint8, n*24), n, 4, 6); err != nil {
		t.Fatal(err)
	}
	return file(t, "x.npy", b.Bytes())
}

func TestLabel(t *testing.T) {
	r := stagetest.Run(t, Kind(), nil, 0, map[string]string{"names": file(t, "names", []byte(names))})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for subset, want := range map[string][]uint16{
		"real":   {1, 0, 0, 0, 12, 1, 1, 4},
		"easy":   {12, 1, 1, 4, 12, 1, 1, 4},
		"medium": {1, 0, 0, 0},
		"hard":   {},
	} {
		got, shape, err := npy.Read[uint16](bytes.NewReader(r.Bytes("y_" + subset)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) || !slices.Equal(shape, []int{len(want) / 4, 4}) {
			t.Errorf("y_%s is %v of shape %v, want %v", subset, got, shape, want)
		}
	}
	var alterations map[string][]string
	if err := json.Unmarshal(r.Bytes("alterations"), &alterations); err != nil {
		t.Fatal(err)
	}
	if len(alterations) != 3 || !slices.Equal(alterations["easy"], []string{"CR", "Zcut"}) || !slices.Equal(alterations["medium"], []string{"SWarp"}) {
		t.Errorf("alterations %v", alterations)
	}
	if r.Metric("subjects") != 2 || r.Metric("fingers") != 2 {
		t.Errorf("metrics %v", r.Metrics)
	}
}

// A sheet has the images where they are wired, and frames where they are not.
func TestSheet(t *testing.T) {
	in := map[string]string{"names": file(t, "names", []byte(names))}
	black := func(r *stagetest.Result) (n int) {
		t.Helper()
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		m, err := png.Decode(bytes.NewReader(r.Bytes("samples")))
		if err != nil {
			t.Fatal(err)
		}
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				if r, g, b, _ := m.At(x, y).RGBA(); r+g+b == 0 {
					n++
				}
			}
		}
		return n
	}
	if n := black(stagetest.Run(t, Kind(), nil, 0, in)); n != 0 {
		t.Errorf("%d black pixels, but no image is wired", n)
	}
	in["x_real"], in["x_easy"] = array(t, 2), array(t, 2)
	in["x_medium"], in["x_hard"] = array(t, 1), array(t, 0)
	// The two fingers are on the sheet in Real, one of them in each of easy
	// and medium; images are black and drawn at twice their size.
	if n, want := black(stagetest.Run(t, Kind(), nil, 0, in)), 4*4*24; n != want {
		t.Errorf("%d black pixels, want %d", n, want)
	}
}

// Of several alterations of a finger each has its turn, from column to column.
func TestAlterationsTakeTurns(t *testing.T) {
	finger := fingerprint.Label{Subject: 3}
	of := subset{
		labels:      []fingerprint.Label{finger, {Subject: 4}, finger, finger},
		alterations: []fingerprint.Alteration{"CR", "Zcut", "Obl", "Warp"},
	}
	row, err := sampleRow(&stage.Task{}, fingerprint.Easy, of, []fingerprint.Label{finger, finger, finger, finger, {Subject: 5}})
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
		{`{`, "read names: unexpected end"},
		{`{"real": [], "easy": [], "medium": []}`, `the subset "hard" is missing`},
		{strings.Replace(names, "_Zcut", "_", 1), "read names: easy, row 1 (Altered/Altered-Easy/12__F_Right_little_finger_.BMP): name"},
		{strings.Replace(names, "_Zcut", "", 1), "has no alteration"},
	} {
		r := stagetest.Run(t, Kind(), nil, 0, map[string]string{"names": file(t, "names", []byte(c.names))})
		if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", r.Err, c.want)
		}
	}
	in := map[string]string{"names": file(t, "names", []byte(names)), "x_easy": array(t, 3)}
	if err := stagetest.Run(t, Kind(), nil, 0, in).Err; err == nil || !strings.Contains(err.Error(), "read x_easy: it has 3 images, but names lists 2 files") {
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
