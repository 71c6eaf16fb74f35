package split

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

// audit is the output of that name: what the parts have in common. An honest
// test of strangers has no leak into test.
type audit struct {
	Protocol string      `json:"protocol"`
	Folds    int         `json:"folds,omitempty"`
	Fold     int         `json:"fold,omitempty"`
	Parts    []partCount `json:"parts"`
	Leaks    []leak      `json:"leaks"`
	Warnings []string    `json:"warnings"`
}

// partCount is how much of each is in a part.
type partCount struct {
	Name     string `json:"name"`
	Probes   int    `json:"probes"`
	Gallery  int    `json:"gallery"`
	Fingers  int    `json:"fingers"`  // of the probes
	Subjects int    `json:"subjects"` // of the probes
}

// A leak counts the probes of the part To that have something in common with
// an image, probe or gallery, of the part From, which comes before it.
type leak struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Subject int    `json:"same_subject"`
	Finger  int    `json:"same_finger"`
	// Source counts probes altered from a real image that is in the gallery of
	// From, or from which a probe of From was altered.
	Source int `json:"same_source_image"`
	// Bytes counts probes with the pixels of an image of From. It is absent
	// where the images are not connected.
	Bytes *int `json:"equal_bytes,omitempty"`
}

// A trace is what a part has that another one should not have.
type trace struct {
	subjects map[uint16]bool
	fingers  map[fingerprint.Identity]bool
	sources  map[int]bool // rows of the gallery
	bytes    map[[sha256.Size]byte]bool
}

// An auditor knows the pixels of all images by their digest.
type auditor struct {
	*data
	source        map[fingerprint.Identity]int // gallery row
	probePixels   [][sha256.Size]byte          // nil if the images are not connected
	galleryPixels [][sha256.Size]byte
}

func writeAudit(t *stage.Task, p Params, d *data, parts []dataset.Part) error {
	a := &auditor{data: d, source: make(map[fingerprint.Identity]int, len(d.gallery))}
	for row, l := range d.gallery {
		a.source[l.Identity()] = row
	}
	if t.Has("prints") {
		if err := a.readPixels(t); err != nil {
			return err
		}
	}
	out := audit{Protocol: p.Protocol, Folds: p.Folds, Leaks: []leak{}, Warnings: []string{}}
	if p.Folds > 0 {
		out.Fold = p.Fold
	}
	var before []trace
	for i, part := range parts {
		for k, from := range before {
			out.Leaks = append(out.Leaks, a.leak(parts[k].Name, from, part))
		}
		tr, count := a.trace(part)
		before = append(before, tr)
		out.Parts = append(out.Parts, count)
		t.Logf("%s: %d probes of %d subjects, %d gallery images", part.Name, count.Probes, count.Subjects, count.Gallery)
		if i == len(parts)-1 {
			t.Metric("subjects", float64(count.Subjects))
		}
	}
	for _, l := range out.Leaks {
		if l.From == dataset.Train && l.To == dataset.Test {
			l.record(t)
		}
	}
	out.Warnings = append(out.Warnings, few(out.Parts)...)
	for _, w := range out.Warnings {
		t.Logf("warning: %s", w)
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err == nil {
		err = t.WriteFile("audit", append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

func (l leak) record(t *stage.Task) {
	t.Metric("leak.subject", float64(l.Subject))
	t.Metric("leak.finger", float64(l.Finger))
	t.Metric("leak.source", float64(l.Source))
	if l.Bytes != nil {
		t.Metric("leak.bytes", float64(*l.Bytes))
	}
}

// few warns of parts with too few people.
func few(parts []partCount) []string {
	var short []string
	for _, p := range parts {
		if p.Subjects < fewSubjects {
			short = append(short, fmt.Sprintf("%s has %d", p.Name, p.Subjects))
		}
	}
	if short == nil {
		return nil
	}
	return []string{fmt.Sprintf("fewer than %d subjects to a part: %s; figures of so few people say little about others: use more people", fewSubjects, list(short))}
}

// readPixels takes the digests of all images.
func (a *auditor) readPixels(t *stage.Task) error {
	digests := func(s fingerprint.Subset, want int) ([][sha256.Size]byte, error) {
		images, err := dataset.MapImages(t, "prints", s)
		if err != nil {
			return nil, err
		}
		defer images.Close()
		return digest(images, s, want)
	}
	var err error
	if a.galleryPixels, err = digests(fingerprint.Real, len(a.gallery)); err != nil {
		return err
	}
	for _, s := range dataset.ProbeSubsets {
		want := 0
		for _, p := range a.probes {
			if p.subset == s {
				want++
			}
		}
		of, err := digests(s, want)
		if err != nil {
			return err
		}
		a.probePixels = append(a.probePixels, of...)
	}
	return nil
}

func digest(images *npy.Array, s fingerprint.Subset, want int) ([][sha256.Size]byte, error) {
	pix, n, h, w, err := images.Images()
	if err != nil {
		return nil, err
	}
	if n != want {
		return nil, fmt.Errorf("read prints/%s: %d images, but %d labels", dataset.ImagesFile(s), n, want)
	}
	of := make([][sha256.Size]byte, n)
	for i := range of {
		of[i] = sha256.Sum256(pix[i*h*w : (i+1)*h*w])
	}
	return of, nil
}

// trace collects what a part has, and counts it.
func (a *auditor) trace(part dataset.Part) (trace, partCount) {
	tr := trace{map[uint16]bool{}, map[fingerprint.Identity]bool{}, map[int]bool{}, map[[sha256.Size]byte]bool{}}
	for _, row := range part.Probes {
		l := a.probes[row].Label
		tr.subjects[l.Subject], tr.fingers[l.Identity()], tr.sources[a.source[l.Identity()]] = true, true, true
		if a.probePixels != nil {
			tr.bytes[a.probePixels[row]] = true
		}
	}
	count := partCount{part.Name, len(part.Probes), len(part.Gallery), len(tr.fingers), len(tr.subjects)}
	for _, row := range part.Gallery {
		l := a.gallery[row]
		tr.subjects[l.Subject], tr.fingers[l.Identity()], tr.sources[row] = true, true, true
		if a.galleryPixels != nil {
			tr.bytes[a.galleryPixels[row]] = true
		}
	}
	return tr, count
}

// leak counts what the probes of a part have in common with an earlier one.
func (a *auditor) leak(name string, from trace, to dataset.Part) leak {
	l := leak{From: name, To: to.Name}
	bytes := 0
	for _, row := range to.Probes {
		p := a.probes[row].Label
		if from.subjects[p.Subject] {
			l.Subject++
		}
		if from.fingers[p.Identity()] {
			l.Finger++
		}
		if from.sources[a.source[p.Identity()]] {
			l.Source++
		}
		if a.probePixels != nil && from.bytes[a.probePixels[row]] {
			bytes++
		}
	}
	if a.probePixels != nil {
		l.Bytes = &bytes
	}
	return l
}
