package imaging

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestPolicyGolden(t *testing.T) {
	var b bytes.Buffer
	if err := Tutorial().Write(&b); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "tutorial.json")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", b.Bytes(), want)
	}
}

func TestPolicyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		between := func(name string, lo, hi float64) Range {
			a, b := rapid.Float64Range(lo, hi).Draw(t, name), rapid.Float64Range(lo, hi).Draw(t, name)
			return Range{min(a, b), max(a, b)}
		}
		p := Policy{
			Name:   rapid.String().Draw(t, "name"),
			Sigma:  between("sigma", 0, maxSigma),
			Scale:  between("scale", minScale, maxScale),
			Shift:  between("shift", -1, 1),
			Rotate: between("rotate", -180, 180),
			Fill:   rapid.Uint8().Draw(t, "fill"),
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		got, err := ReadPolicy(&b)
		if err != nil || got != p {
			t.Fatalf("%+v became %+v, %v", p, got, err)
		}
	})
}

func TestPolicyErrors(t *testing.T) {
	with := func(change func(*Policy)) Policy { p := Tutorial(); change(&p); return p }
	for want, p := range map[string]Policy{
		`sigma [0 4] is not within 0 to 3`:                       with(func(p *Policy) { p.Sigma[1] = 4 }),
		`scale [0 1.1] is not within 0.1 to 10`:                  with(func(p *Policy) { p.Scale[0] = 0 }),
		`shift [0.2 0.1]: the lower end has to come first`:       with(func(p *Policy) { p.Shift = Range{0.2, 0.1} }),
		`rotate [NaN 30] is not within`:                          with(func(p *Policy) { p.Rotate[0] = math.NaN() }),
		"policy \"tutorial\": scale [2 1]: the lower end has to": with(func(p *Policy) { p.Scale = Range{2, 1} }),
	} {
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	two := with(func(p *Policy) { p.Sigma[0], p.Rotate[1] = -1, 200 })
	if err := two.Validate(); err == nil || !strings.Contains(err.Error(), "sigma") || !strings.Contains(err.Error(), "rotate") {
		t.Errorf("error %v does not tell of both ranges", err)
	}
	if _, err := Tutorial().Only("flip"); err == nil || !strings.Contains(err.Error(), "none, tutorial, blur") {
		t.Errorf("error %v does not list the policies", err)
	}
	for _, in := range []string{``, `{`, `[]`, `{"flip": true}`, `{"scale": [0, 1]}`, `{"sigma": "much"}`, `{"scale": [1]}`, `{"scale": [1, 1, 5]}`, `{"scale": [1, 1]} {}`, `{"scale": [1, 1]}]`, `{"scale": [1, 1]}}`, `{"scale": [1, 1]} x`} {
		if _, err := ReadPolicy(strings.NewReader(in)); err == nil {
			t.Errorf("%q is taken for a policy", in)
		}
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add([]byte(`{"name":"tutorial","sigma":[0,0.5],"scale":[0.9,1.1],"shift":[-0.1,0.1],"rotate":[-30,30],"fill":255}`))
	f.Add([]byte(`{"scale":[1,1]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := ReadPolicy(bytes.NewReader(in))
		if err != nil {
			return
		}
		// A policy that is accepted can be applied, to any image.
		dst := make([]uint8, 12)
		NewAugmenter(p, 1, 4, 3).Apply(dst, make([]uint8, 12), 1, 2)
	})
}
