package verifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"whorl/fingerprint"
	"whorl/fingerprint/quality"
	"whorl/fingerprint/synth"
	"whorl/siamese"
	"whorl/siamese/model"
)

var thresholds = model.Metadata{Thresholds: []model.Threshold{{Target: 0.01, Logit: 0.25}}}

// verifierOf returns a verifier of an untrained network.
func verifierOf(t testing.TB, seed uint64, merge siamese.Merge) *Verifier {
	t.Helper()
	n, err := siamese.New(siamese.Architecture{
		Name: "small", Height: 24, Width: 24, Merge: merge,
		Branch: []siamese.Layer{{Name: "c", Kind: siamese.Conv, Width: 8, Kernel: 3, ReLU: true, Pool: true}},
		Head:   []siamese.Layer{{Name: "d1", Kind: siamese.Dense, Width: 16, ReLU: true}, {Name: "d2", Kind: siamese.Dense, Width: 1}},
	}, seed)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(n, thresholds)
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func prints(n int) []*image.Gray {
	out := make([]*image.Gray, n)
	for i := range out {
		out[i] = synth.Print(1, fingerprint.Identity{Subject: uint16(1 + i/10), Hand: uint8(i / 5 % 2), Finger: uint8(i % 5)})
	}
	return out
}

// TestVerify goes through files, as a program does, from several goroutines.
func TestVerify(t *testing.T) {
	dir := t.TempDir()
	v := verifierOf(t, 1, siamese.Subtract)
	var file bytes.Buffer
	if _, err := v.Model().WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "model.whorl")
	if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	all := prints(4)
	for i, p := range all {
		writePNG(t, filepath.Join(dir, fmt.Sprint(i)), p)
	}
	want, err := v.Compare(context.Background(), all[0], all[1])
	if err != nil {
		t.Fatal(err)
	}
	if th, err := v.Model().Threshold(0.01); err != nil || want.Match(th) != (want.Logit >= 0.25) || want.Probability <= 0 || want.Probability >= 1 {
		t.Errorf("%+v, %v", want, err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			a, errA := ReadPrint(filepath.Join(dir, "0"))
			b, errB := ReadPrint(filepath.Join(dir, "1"))
			if errA != nil || errB != nil {
				t.Error(errA, errB)
				return
			}
			if got, err := v.Compare(context.Background(), a, b); err != nil || got != want {
				t.Errorf("%+v, %v, want %+v", got, err, want)
			}
		})
	}
	wait.Wait()
}

func writePNG(t *testing.T, path string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestIdentify(t *testing.T) {
	ctx, path, all := context.Background(), filepath.Join(t.TempDir(), "g.whorl"), prints(20)
	v := verifierOf(t, 1, siamese.Abs)
	e, err := v.Embed(ctx, all...)
	if err != nil {
		t.Fatal(err)
	}
	w, err := v.CreateGallery(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e {
		if err := w.Add(fmt.Sprint(i), e[i].Values()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	g, err := v.OpenGallery(path)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	found, err := v.Identify(ctx, g, e[7], 3)
	if err != nil || len(found) != 3 {
		t.Fatalf("%d found, %v", len(found), err)
	}
	for _, c := range found {
		var i int
		if _, err := fmt.Sscan(c.Name, &i); err != nil {
			t.Fatal(err)
		}
		if want, err := v.CompareEmbeddings(ctx, e[7], e[i]); err != nil || want != c.Result {
			t.Errorf("%+v, %v, want %+v", c, err, want)
		}
	}
	other := verifierOf(t, 2, siamese.Abs)
	if _, err := other.OpenGallery(path); err == nil || !strings.Contains(err.Error(), "a gallery of network") {
		t.Errorf("a gallery of another model: %v", err)
	}
	if _, err := other.Identify(ctx, g, e[0], 1); err == nil || !strings.Contains(err.Error(), "enroll again") {
		t.Errorf("a gallery of another model: %v", err)
	}
	if _, err := other.CompareEmbeddings(ctx, e[0], e[1]); err == nil || !strings.Contains(err.Error(), "an embedding of network") {
		t.Errorf("an embedding of another model: %v", err)
	}
}

func TestReadPrintRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "white.png")
	writePNG(t, path, image.NewGray(image.Rect(0, 0, 50, 50)))
	if _, err := ReadPrint(path); !errors.Is(err, quality.ErrNoPrint) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, err := ReadPrint(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	v := verifierOf(t, 1, siamese.Abs)
	if _, err := v.Embed(context.Background(), new(image.Gray)); err == nil {
		t.Error("an image without pixels passes")
	}
	m := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	part := m.SubImage(image.Rect(10, 20, 50, 50)).(*image.Gray)
	whole := &image.Gray{Pix: packed(part), Stride: 40, Rect: image.Rect(0, 0, 40, 30)}
	if r, err := v.Compare(context.Background(), part, whole); err != nil || r != mustCompare(t, v, whole, whole) {
		t.Errorf("part of an image is embedded otherwise: %+v, %v", r, err)
	}
}

func mustCompare(t *testing.T, v *Verifier, a, b *image.Gray) Result {
	t.Helper()
	r, err := v.Compare(context.Background(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// BenchmarkVerifier is the use of the tutorial's network.
func BenchmarkVerifier(b *testing.B) {
	n, err := siamese.New(siamese.Post(siamese.Subtract, 90, 90), 1)
	if err != nil {
		b.Fatal(err)
	}
	m, err := model.New(n, model.Metadata{})
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := m.WriteTo(&file); err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m, err := model.Parse(file.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			if _, err := New(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	v, err := New(m)
	if err != nil {
		b.Fatal(err)
	}
	p := prints(2)
	e, err := v.Embed(context.Background(), p...)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("compare images", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.Compare(context.Background(), p[0], p[1]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compare embeddings", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.CompareEmbeddings(context.Background(), e[0], e[1]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
