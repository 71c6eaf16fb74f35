package split

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/fingerprint"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/npy"
)

var update = flag.Bool("update", false, "rewrite golden files")

// people returns the labels of so many subjects' first fingers of the left
// hand, subject numbers counting from 1.
func people(subjects, fingers int) []fingerprint.Label {
	var labels []fingerprint.Label
	for s := range subjects {
		for f := range fingers {
			labels = append(labels, fingerprint.Label{Subject: uint16(s + 1), Gender: uint8(s % 2), Finger: uint8(f)})
		}
	}
	return labels
}

// altered returns a probe of every real print in each subset.
func altered(real []fingerprint.Label) []impression {
	var probes []impression
	for _, subset := range []fingerprint.Subset{fingerprint.Easy, fingerprint.Medium, fingerprint.Hard} {
		for i, l := range real {
			probes = append(probes, impression{l, subset, i})
		}
	}
	return probes
}

func writeLabels(t *testing.T, name string, labels []fingerprint.Label) string {
	t.Helper()
	var data []uint16
	for _, l := range labels {
		row := l.Row()
		data = append(data, row[:]...)
	}
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := npy.Write(f, data, len(labels), 4); err != nil {
		t.Fatal(err)
	}
	return path
}

func inputs(t *testing.T, real, easy, medium, hard []fingerprint.Label) map[string]string {
	t.Helper()
	return map[string]string{
		"real": writeLabels(t, "real", real), "easy": writeLabels(t, "easy", easy),
		"medium": writeLabels(t, "medium", medium), "hard": writeLabels(t, "hard", hard),
	}
}

func selection(t *testing.T, r *stagetest.Result, output string) []int64 {
	t.Helper()
	f, err := os.Open(r.Path(output))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, _, err := npy.Read[int64](f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The golden files hold what seed 1 draws of 8 subjects with 2 fingers: the
// draw must never change, or every published result would.
func TestGolden(t *testing.T) {
	for _, protocol := range []string{"image", "subject"} {
		t.Run(protocol, func(t *testing.T) {
			real := people(8, 2)
			r := stagetest.Run(t, Kind(), Params{protocol, 0.25, 0.25}, 1, inputs(t, real, real, real, real[:8]))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			var b strings.Builder
			for _, name := range sideNames {
				fmt.Fprintln(&b, name, selection(t, r, name))
				fmt.Fprintln(&b, "gallery_"+name, selection(t, r, "gallery_"+name))
			}
			golden := filepath.Join("testdata", protocol+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got\n%swant\n%s", b.String(), want)
			}
		})
	}
}

func TestSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Params{
			Protocol:    rapid.SampledFrom([]string{"image", "subject"}).Draw(t, "protocol"),
			Validation:  rapid.Float64Range(0.1, 0.5).Draw(t, "validation"),
			Calibration: rapid.Float64Range(0.1, 0.5).Draw(t, "calibration"),
		}
		real := people(rapid.IntRange(12, 30).Draw(t, "subjects"), rapid.IntRange(2, 5).Draw(t, "fingers"))
		probes := altered(real)
		sides, err := divide(p, rapid.Uint64().Draw(t, "seed"), real, probes)
		if err != nil {
			t.Fatal(err)
		}
		var all, gallery []int
		sideOf := map[uint16]string{} // by subject
		for i, s := range sides {
			if s.name != sideNames[i] || !slices.IsSorted(s.probes) || !slices.IsSorted(s.gallery) {
				t.Fatalf("side %d: %+v", i, s)
			}
			all, gallery = append(all, s.probes...), append(gallery, s.gallery...)
			enrolled := map[fingerprint.Identity]bool{}
			for _, row := range s.gallery {
				enrolled[real[row].Identity()] = true
			}
			for _, row := range s.probes {
				l := probes[row]
				if !enrolled[l.Identity()] {
					t.Fatalf("%s: probe %d has no mate in the side's gallery", s.name, row)
				}
				if other, ok := sideOf[l.Subject]; p.Protocol == "subject" && ok && other != s.name {
					t.Fatalf("subject %d is in %s and in %s", l.Subject, other, s.name)
				}
				sideOf[l.Subject] = s.name
			}
			if p.Protocol == "image" && len(s.gallery) != len(real) {
				t.Fatalf("%s has %d gallery images of %d", s.name, len(s.gallery), len(real))
			}
		}
		complete := func(what string, rows []int, n int) {
			slices.Sort(rows)
			if len(rows) != n || len(slices.Compact(rows)) != n {
				t.Fatalf("%s: %d rows on all sides, of %d", what, len(rows), n)
			}
		}
		complete("probes", all, len(probes))
		if p.Protocol == "subject" {
			complete("gallery", gallery, len(real))
		}
	})
}

// The blog post has 44,343 probes to train and 4,927 to validate of 49,270.
func TestPostsCounts(t *testing.T) {
	real := people(9854, 1)
	sides, err := divide(Params{"image", 0.1, 0.1}, 1, real, append(altered(real), altered(real)...)[:49270])
	if err != nil {
		t.Fatal(err)
	}
	if train, calibration, validation := len(sides[0].probes), len(sides[1].probes), len(sides[2].probes); train+calibration != 44343 || calibration != 4434 || validation != 4927 {
		t.Errorf("%d + %d + %d", train, calibration, validation)
	}
}

// Two gallery images are enough for impostors, on each side.
func TestLeastGallery(t *testing.T) {
	two := people(1, 2)
	if _, err := divide(Params{"image", 0.25, 0.25}, 1, two, altered(slices.Repeat(two, 4))); err != nil {
		t.Error(err)
	}
	three := people(3, 2)
	if _, err := divide(Params{"subject", 0.34, 0.5}, 1, three, altered(three)); err != nil {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	real := people(8, 2)
	image := Params{"image", 0.25, 0.25}
	subject := Params{"subject", 0.25, 0.25}
	for _, c := range []struct {
		name                     string
		params                   Params
		real, easy, medium, hard []fingerprint.Label
		want                     string
	}{
		{"altered without real", image, real[:15], real, nil, nil, "row 15 of easy is subject 8, F, left index, which has no real print; add it to Real"},
		{"in a later subset", image, real[1:], nil, real[1:], real[:3], "row 0 of hard is subject 1, M, left thumb"},
		{"two of one finger", image, append(slices.Clip(real), real[3]), real, nil, nil, "rows 3 and 16 of real are both subject 2, F, left index; keep one"},
		{"no probes", image, real, nil, nil, nil, "split by image: validation would be empty: a share of 0.25 of 0 probes"},
		{"too few probes", image, real, real[:2], nil, nil, "calibration would be empty"},
		{"nothing left", Params{"image", 0.9, 0.9}, real, real[:8], nil, nil, "train would be empty"},
		{"gallery of one", image, real[:1], slices.Repeat(real[:1], 8), nil, nil, "the gallery has 1 images"},
		{"too few subjects", subject, real[:2], real[:2], nil, nil, "validation would be empty: a share of 0.25 of 1 subjects"},
		{"subjects without probes", subject, real, real[:1], nil, nil, "would be empty: its"},
		{"gallery of one by subject", Params{"subject", 0.1, 0.1}, people(8, 1), people(8, 1), nil, nil, "has 1 images, impostors need at least 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := stagetest.Run(t, Kind(), c.params, 1, inputs(t, c.real, c.easy, c.medium, c.hard))
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", r.Err, c.want)
			}
		})
	}
}
