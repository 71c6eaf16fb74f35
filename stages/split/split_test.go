package split

import (
	"encoding/json"
	"errors"
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
	"whorl/stages/internal/dataset"
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

// inputs writes the labels of the subsets, and images of which each has a value
// of its own.
func inputs(t *testing.T, real, easy, medium, hard []fingerprint.Label) map[string]string {
	t.Helper()
	labels, prints := t.TempDir(), t.TempDir()
	value := 0
	for s, of := range [][]fingerprint.Label{real, easy, medium, hard} {
		if err := dataset.WriteLabels(labels, fingerprint.Subset(s), of); err != nil {
			t.Fatal(err)
		}
		pix := make([]uint8, 0, 4*len(of))
		for range of {
			pix = append(pix, uint8(value), uint8(value>>8), 0, 0)
			value++
		}
		writeImages(t, prints, fingerprint.Subset(s), pix)
	}
	return map[string]string{"labels": labels, "prints": prints}
}

// writeImages writes images of 2x2 pixels.
func writeImages(t *testing.T, dir string, s fingerprint.Subset, pix []uint8) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, dataset.ImagesFile(s)))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(npy.Write(f, pix, len(pix)/4, 2, 2), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func selection(t *testing.T, r *stagetest.Result, file string) []int64 {
	t.Helper()
	f, err := os.Open(r.Path("split/" + file + ".npy"))
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

func shares(protocol string, test, validation, calibration float64) Params {
	return Params{Protocol: protocol, Test: test, Validation: validation, Calibration: calibration, Fold: 1}
}

func folds(protocol string, folds, fold int) Params {
	p := shares(protocol, 0.1, 0.25, 0.25)
	p.Folds, p.Fold = folds, fold
	return p
}

// The golden files hold what seed 1 draws of 8 subjects with 2 fingers: the
// draw must never change, or every published result would.
func TestGolden(t *testing.T) {
	for name, p := range map[string]Params{
		"image": shares("image", 0.25, 0.25, 0.25), "finger": shares("finger", 0.25, 0.25, 0.25), "subject": shares("subject", 0.25, 0.25, 0.25),
		"folds": folds("subject", 3, 2),
	} {
		t.Run(name, func(t *testing.T) {
			real := people(8, 2)
			r := stagetest.Run(t, Kind(), p, 1, inputs(t, real, real, real, real[:8]))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			var b strings.Builder
			for _, part := range dataset.Parts {
				fmt.Fprintln(&b, part, selection(t, r, part))
				fmt.Fprintln(&b, "gallery_"+part, selection(t, r, "gallery_"+part))
			}
			b.Write(r.Bytes("audit"))
			golden := filepath.Join("testdata", name+".golden")
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

// Parts are disjoint, and together they are all probes; what the protocol keeps
// apart is in one part only; every probe has its mate in its part's gallery.
func TestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Params{
			Protocol:    rapid.SampledFrom([]string{"image", "finger", "subject"}).Draw(t, "protocol"),
			Test:        rapid.Float64Range(0.1, 0.4).Draw(t, "test"),
			Validation:  rapid.Float64Range(0.15, 0.4).Draw(t, "validation"),
			Calibration: rapid.Float64Range(0.15, 0.4).Draw(t, "calibration"),
			Folds:       rapid.SampledFrom([]int{0, 2, 5}).Draw(t, "folds"),
			Fold:        1,
		}
		if p.Folds > 0 {
			p.Fold = rapid.IntRange(1, p.Folds).Draw(t, "fold")
		}
		real := people(rapid.IntRange(12, 30).Draw(t, "subjects"), rapid.IntRange(3, 5).Draw(t, "fingers"))
		d := &data{real, altered(real)}
		parts, err := d.divide(p, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		unit := func(l fingerprint.Label) any {
			if p.Protocol == "finger" {
				return l.Identity()
			}
			return l.Subject
		}
		var all, gallery []int
		partOf := map[any]string{} // by unit
		for i, part := range parts {
			if part.Name != dataset.Parts[i] || !slices.IsSorted(part.Probes) || !slices.IsSorted(part.Gallery) {
				t.Fatalf("part %d: %+v", i, part)
			}
			all, gallery = append(all, part.Probes...), append(gallery, part.Gallery...)
			enrolled := map[fingerprint.Identity]bool{}
			for _, row := range part.Gallery {
				enrolled[real[row].Identity()] = true
			}
			for _, row := range part.Probes {
				l := d.probes[row].Label
				if !enrolled[l.Identity()] {
					t.Fatalf("%s: probe %d has no mate in the part's gallery", part.Name, row)
				}
				if other, ok := partOf[unit(l)]; ok && other != part.Name && p.Protocol != "image" {
					t.Fatalf("%v is in %s and in %s", unit(l), other, part.Name)
				}
				partOf[unit(l)] = part.Name
			}
			if p.Protocol == "image" && len(part.Gallery) != len(real) {
				t.Fatalf("%s has %d gallery images of %d", part.Name, len(part.Gallery), len(real))
			}
		}
		complete := func(what string, rows []int, n int) {
			slices.Sort(rows)
			if len(rows) != n || len(slices.Compact(rows)) != n {
				t.Fatalf("%s: %d rows in all parts, of %d", what, len(rows), n)
			}
		}
		complete("probes", all, len(d.probes))
		if p.Protocol != "image" {
			complete("gallery", gallery, len(real))
		}
	})
}

// Over all folds each probe is tested once, and folds differ by one unit at
// most.
func TestFoldsTestAllOnce(t *testing.T) {
	real := people(11, 3)
	d := &data{real, altered(real)}
	for protocol, unit := range map[string]int{"image": 1, "finger": 3, "subject": 9} { // probes of a unit
		var tested []int
		least, most := len(d.probes), 0
		for fold := 1; fold <= 4; fold++ {
			parts, err := d.divide(folds(protocol, 4, fold), 5)
			if err != nil {
				t.Fatal(err)
			}
			test := parts[len(parts)-1].Probes
			tested = append(tested, test...)
			least, most = min(least, len(test)), max(most, len(test))
		}
		slices.Sort(tested)
		if !slices.Equal(tested, dataset.Count(len(d.probes))) {
			t.Errorf("%s: folds test %d probes of %d", protocol, len(tested), len(d.probes))
		}
		if most-least > unit {
			t.Errorf("%s: folds have %d to %d probes", protocol, least, most)
		}
	}
}

// The tutorial has 44,343 probes to train and 4,927 to report on of 49,270.
func TestTutorialsCounts(t *testing.T) {
	real := people(9854, 1)
	d := &data{real, append(altered(real), altered(real)...)[:49270]}
	parts, err := d.divide(shares("image", 0.1, 0.1, 0.1), 1)
	if err != nil {
		t.Fatal(err)
	}
	var n []int
	for _, part := range parts {
		n = append(n, len(part.Probes))
	}
	if want := []int{35475, 4434, 4434, 4927}; !slices.Equal(n, want) {
		t.Errorf("%v, want %v", n, want)
	}
}

// The test part does not depend on the shares of the others.
func TestTestPartStays(t *testing.T) {
	real := people(20, 2)
	d := &data{real, altered(real)}
	a, err := d.divide(shares("subject", 0.2, 0.1, 0.1), 1)
	b, err2 := d.divide(shares("subject", 0.2, 0.3, 0.2), 1)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a[3].Probes, b[3].Probes) {
		t.Errorf("%v and %v", a[3].Probes, b[3].Probes)
	}
}

// Two gallery images are enough for impostors, in each part.
func TestLeastGallery(t *testing.T) {
	two := people(1, 2)
	if _, err := (&data{two, altered(slices.Repeat(two, 4))}).divide(shares("image", 0.25, 0.25, 0.25), 1); err != nil {
		t.Error(err)
	}
	four := people(4, 2)
	if _, err := (&data{four, altered(four)}).divide(shares("subject", 0.25, 0.34, 0.34), 1); err != nil {
		t.Error(err)
	}
}

func readAudit(t *testing.T, r *stagetest.Result) (a audit) {
	t.Helper()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if err := json.Unmarshal(r.Bytes("audit"), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// leakOf is the leak between two parts.
func leakOf(t *testing.T, a audit, from, to string) leak {
	t.Helper()
	for _, l := range a.Leaks {
		if l.From == from && l.To == to {
			return l
		}
	}
	t.Fatalf("no leak from %s to %s in %+v", from, to, a.Leaks)
	return leak{}
}

// By image everything leaks, by finger only the subjects, by subject nothing.
func TestAudit(t *testing.T) {
	real := people(40, 3)
	for protocol, want := range map[string][3]bool{
		"image": {true, true, true}, "finger": {true, false, false}, "subject": {false, false, false},
	} {
		r := stagetest.Run(t, Kind(), shares(protocol, 0.2, 0.2, 0.2), 1, inputs(t, real, real, real, real))
		a := readAudit(t, r)
		if len(a.Leaks) != 6 || len(a.Warnings) != 0 {
			t.Errorf("%s: %+v", protocol, a)
		}
		for _, l := range a.Leaks {
			if got := [3]bool{l.Subject > 0, l.Finger > 0, l.Source > 0}; got != want || *l.Bytes != 0 {
				t.Errorf("%s: %+v", protocol, l)
			}
		}
		test := leakOf(t, a, dataset.Train, dataset.Test)
		if r.Metric("leak.subject") != float64(test.Subject) || r.Metric("leak.finger") != float64(test.Finger) || r.Metric("subjects") != float64(a.Parts[3].Subjects) {
			t.Errorf("%s: metrics %v, audit %+v", protocol, r.Metrics, test)
		}
	}
}

// Equal pixels are found whatever the labels say, and are not looked for where
// the images are not connected.
func TestAuditFindsEqualPixels(t *testing.T) {
	real := people(20, 2)
	in := inputs(t, real, real, nil, nil)
	writeImages(t, in["prints"], fingerprint.Easy, make([]uint8, 4*len(real)))
	a := readAudit(t, stagetest.Run(t, Kind(), shares("subject", 0.2, 0.2, 0.2), 1, in))
	for _, l := range a.Leaks {
		for _, part := range a.Parts {
			if part.Name == l.To && *l.Bytes != part.Probes {
				t.Errorf("%+v: all %d probes of %s have equal pixels", l, part.Probes, l.To)
			}
		}
	}
	delete(in, "prints")
	a = readAudit(t, stagetest.Run(t, Kind(), shares("subject", 0.2, 0.2, 0.2), 1, in))
	if l := a.Leaks[0]; l.Bytes != nil {
		t.Errorf("without images: %+v", l)
	}
}

// A part of fewer than 5 people is warned of, in the audit and in the log.
func TestFewSubjects(t *testing.T) {
	real := people(12, 5)
	r := stagetest.Run(t, Kind(), shares("subject", 0.1, 0.1, 0.1), 1, inputs(t, real, real, nil, nil))
	a := readAudit(t, r)
	const want = "fewer than 5 subjects to a part: validation has 1, calibration has 1 and test has 1; figures of so few people say little about others: use more people"
	if !slices.Equal(a.Warnings, []string{want}) || !slices.Contains(r.Log, "warning: "+want) {
		t.Errorf("warnings %q, log %q", a.Warnings, r.Log)
	}
}

// A seed of its own takes the place of the run's.
func TestSeed(t *testing.T) {
	real := people(20, 2)
	in := inputs(t, real, real, nil, nil)
	p := shares("subject", 0.2, 0.2, 0.2)
	p.Seed = 3
	own := stagetest.Run(t, Kind(), p, 8, in)
	p.Seed = 0
	run, other := stagetest.Run(t, Kind(), p, 3, in), stagetest.Run(t, Kind(), p, 8, in)
	if err := errors.Join(own.Err, run.Err, other.Err); err != nil {
		t.Fatal(err)
	}
	if test := selection(t, own, "test"); !slices.Equal(test, selection(t, run, "test")) || slices.Equal(test, selection(t, other, "test")) {
		t.Errorf("test part %v", test)
	}
}

func TestErrors(t *testing.T) {
	real := people(8, 2)
	image := shares("image", 0.25, 0.25, 0.25)
	subject := shares("subject", 0.25, 0.25, 0.25)
	for _, c := range []struct {
		name                     string
		params                   Params
		real, easy, medium, hard []fingerprint.Label
		want                     string
	}{
		{"altered without real", image, real[:15], real, nil, nil, "row 15 of easy is subject 8, F, left index, which has no real print; add it to Real"},
		{"in a later subset", image, real[1:], nil, real[1:], real[:3], "row 0 of hard is subject 1, M, left thumb"},
		{"two of one finger", image, append(slices.Clip(real), real[3]), real, nil, nil, "rows 3 and 16 of real are both subject 2, F, left index; keep one"},
		{"no probes", image, real, nil, nil, nil, "split by image: test would be empty: a share of 0.25 of 0 probes"},
		{"too few probes", image, real, real[:2], nil, nil, "calibration would be empty"},
		{"nothing left", shares("image", 0.25, 0.5, 0.5), real, real[:8], nil, nil, "train would be empty"},
		{"gallery of one", image, real[:1], slices.Repeat(real[:1], 8), nil, nil, "the gallery of its 2 probes has 1 images"},
		{"too few subjects", subject, real[:2], real[:2], nil, nil, "test would be empty: a share of 0.25 of 1 subjects"},
		{"subjects without probes", subject, real, real[:1], nil, nil, "would be empty: its"},
		{"gallery of one by subject", shares("subject", 0.1, 0.1, 0.1), people(8, 1), people(8, 1), nil, nil, "has 1 images, impostors need at least 2"},
		{"too many folds", folds("subject", 9, 1), real, real, nil, nil, "9 folds of 8 subjects: some would be empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := stagetest.Run(t, Kind(), c.params, 1, inputs(t, c.real, c.easy, c.medium, c.hard))
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", r.Err, c.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for want, p := range map[string]Params{
		"folds: want 0, or at least 2":                    folds("image", 1, 1),
		"fold: 3 is beyond the 2 folds":                   folds("image", 2, 3),
		"fold: 2 is set, but folds is 0":                  folds("image", 0, 2),
		"shares of 0.5 and 0.6 leave nothing to train on": shares("image", 0.1, 0.6, 0.5),
	} {
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if p, ok := Kind().Params.(Params); !ok || p.Validate() != nil {
		t.Errorf("defaults: %+v", p)
	}
}
