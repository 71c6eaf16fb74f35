package verifier

import (
	"context"
	"fmt"
	"image"

	"whorl/fingerprint/imagefile"
	"whorl/fingerprint/imaging"
	"whorl/fingerprint/quality"
	"whorl/siamese"
	"whorl/siamese/model"
	"whorl/verifier/gallery"
)

// A Verifier compares prints by a model.
type Verifier struct {
	model   *model.Model
	matcher *siamese.Matcher
}

// Open loads the model in a file.
func Open(path string) (*Verifier, error) {
	m, err := model.Open(path)
	if err != nil {
		return nil, err
	}
	return New(m)
}

// New returns a verifier of a model, which must not change from then on.
func New(m *model.Model) (*Verifier, error) {
	matcher, err := m.Network.Matcher()
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	return &Verifier{model: m, matcher: matcher}, nil
}

// Model returns the model.
func (v *Verifier) Model() *model.Model { return v.model }

// ReadPrint reads the image of a print, in any format of package imagefile. It
// fails with [quality.ErrNoPrint] if the image shows none.
func ReadPrint(path string) (*image.Gray, error) {
	g, err := imagefile.Read(path)
	if err != nil {
		return nil, err
	}
	if err := quality.Measure(g).Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return g, nil
}

// An Embedding is what a network makes of a print. It can be compared with
// others of the same network alone.
type Embedding struct {
	network string
	values  []float32
}

// Values returns the numbers of an embedding, which are not to be changed.
func (e Embedding) Values() []float32 { return e.values }

// Embed returns the embedding of each image, whatever its size.
func (v *Verifier) Embed(ctx context.Context, prints ...*image.Gray) ([]Embedding, error) {
	a := v.model.Network.Architecture
	im := siamese.Images{N: len(prints), H: a.Height, W: a.Width, Pix: make([]uint8, len(prints)*a.Height*a.Width)}
	resizer := imaging.NewResizer(a.Width, a.Height)
	rows := make([]int, len(prints))
	for i, g := range prints {
		w, h := g.Rect.Dx(), g.Rect.Dy()
		if w < 1 || h < 1 {
			return nil, fmt.Errorf("embed: print %d is an image without pixels", i)
		}
		resizer.Resize(im.At(i), packed(g), w, h)
		rows[i] = i
	}
	all, err := v.matcher.Embed(ctx, im, rows, nil)
	if err != nil {
		return nil, err
	}
	out, n := make([]Embedding, len(prints)), v.matcher.Len()
	for i := range out {
		out[i] = Embedding{v.model.Digest(), all[i*n:][:n:n]}
	}
	return out, nil
}

// packed returns the pixels of an image without gaps between rows.
func packed(g *image.Gray) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if g.Stride == w {
		return g.Pix[:w*h]
	}
	out := make([]uint8, 0, w*h)
	for y := range h {
		out = append(out, g.Pix[y*g.Stride:][:w]...)
	}
	return out
}

// A Result is how alike two prints are.
type Result struct {
	Logit       float64 `json:"logit"`
	Probability float64 `json:"probability"` // that both are of one finger, 0..1
}

// Match tells whether a threshold calls the pair a match.
func (r Result) Match(t model.Threshold) bool { return r.Logit >= t.Logit }

// Compare compares a probe with a reference print.
func (v *Verifier) Compare(ctx context.Context, probe, reference *image.Gray) (Result, error) {
	e, err := v.Embed(ctx, probe, reference)
	if err != nil {
		return Result{}, err
	}
	return v.CompareEmbeddings(ctx, e[0], e[1])
}

// CompareEmbeddings compares prints that were embedded by this model.
func (v *Verifier) CompareEmbeddings(ctx context.Context, probe, reference Embedding) (Result, error) {
	for _, e := range []Embedding{probe, reference} {
		if err := v.own(e.network, "an embedding"); err != nil {
			return Result{}, fmt.Errorf("compare: %w", err)
		}
	}
	z, err := v.matcher.Logits(ctx, probe.values, reference.values)
	if err != nil {
		return Result{}, err
	}
	return v.result(z[0]), nil
}

func (v *Verifier) result(logit float32) Result {
	z := float64(logit)
	return Result{Logit: z, Probability: v.model.Probability(z)}
}

// own returns an error unless something was made by the model's network.
func (v *Verifier) own(network, what string) error {
	if network != v.model.Digest() {
		return fmt.Errorf("%s of network %.12s, but the model's is %.12s: enroll again with this model, or use the other", what, network, v.model.Digest())
	}
	return nil
}

// CreateGallery begins a gallery file of this model's embeddings.
func (v *Verifier) CreateGallery(path string) (*gallery.Writer, error) {
	return gallery.Create(path, v.model.Digest(), v.matcher.Len())
}

// OpenGallery opens a gallery file, which must be of this model's embeddings.
func (v *Verifier) OpenGallery(path string) (*gallery.Gallery, error) {
	g, err := gallery.Open(path)
	if err != nil {
		return nil, err
	}
	if err := v.own(g.Network(), "a gallery"); err != nil {
		g.Close()
		return nil, fmt.Errorf("open gallery %s: %w", path, err)
	}
	return g, nil
}

// A Candidate is an enrolled print that Identify found.
type Candidate struct {
	Name string `json:"name"`
	Result
}

// Identify returns the k prints of a gallery that are most like the probe, best
// first. It compares the probe with all of them.
func (v *Verifier) Identify(ctx context.Context, g *gallery.Gallery, probe Embedding, k int) ([]Candidate, error) {
	if err := v.own(g.Network(), "a gallery"); err != nil {
		return nil, fmt.Errorf("identify: %w", err)
	}
	if err := v.own(probe.network, "an embedding"); err != nil {
		return nil, fmt.Errorf("identify: %w", err)
	}
	found, err := g.Search(ctx, v.matcher, probe.values, k)
	if err != nil {
		return nil, err
	}
	out := make([]Candidate, len(found))
	for i, c := range found {
		out[i] = Candidate{Name: c.Name, Result: v.result(c.Logit)}
	}
	return out, nil
}
