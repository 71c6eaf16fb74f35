package siamese

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"whorl/siamese/nn"
)

// hashed is value of testdata/torch_reference.py.
func hashed(array, i int) float64 {
	x := uint32(i)*2654435761 + uint32(array)*40503 + 12345
	x = (x ^ x>>15) * 2246822519
	x = (x ^ x>>13) * 3266489917
	return float64((x^x>>16)>>8) / (1 << 24)
}

// TestAgreesWithPyTorch takes the three steps of testdata/torch_reference.py.
func TestAgreesWithPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/torch_reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var references []struct {
		Merge       Merge
		Decay, Clip float64
		Losses      []float64
		Logits      [][]float64
		Params      map[string][]float64
	}
	if err := json.Unmarshal(text, &references); err != nil {
		t.Fatal(err)
	}
	if len(references) != 2 {
		t.Fatalf("%d references, want 2", len(references))
	}
	for _, want := range references {
		t.Run(string(want.Merge), func(t *testing.T) {
			const pairs = 6
			m, err := graph[float32](tiny(want.Merge), pairs).Training()
			if err != nil {
				t.Fatal(err)
			}
			for k, p := range m.Params() {
				w, fan := make([]float32, p.Len()), 100
				if len(p.Dims) > 1 {
					fan = p.Len() / p.Dims[0]
				}
				for i := range w {
					w[i] = float32((2*hashed(k, i) - 1) * math.Sqrt(2/float64(fan)))
				}
				p.Set(w)
			}
			for i := range pairs {
				m.Truth()[i], m.Weight()[i] = float32(i%2), 1.0/pairs
			}
			adam := nn.NewAdam[float32]()
			adam.Decay, adam.Clip = want.Decay, want.Clip
			for step, loss := range want.Losses {
				for i := range m.Images() {
					m.Images()[i] = uint8(256 * hashed(101+step, i))
				}
				if err := m.Step(adam); err != nil {
					t.Fatal(err)
				}
				if got := m.Loss(); math.Abs(got-loss) > 1e-5 {
					t.Errorf("step %d: loss %v, want %v", step+1, got, loss)
				}
				for i, z := range m.Logits(make([]float32, pairs)) {
					if math.Abs(float64(z)-want.Logits[step][i]) > 1e-5 {
						t.Errorf("step %d: logit %d is %v, want %v", step+1, i, z, want.Logits[step][i])
					}
				}
			}
			for _, p := range m.Params() {
				w := make([]float32, p.Len())
				p.Get(w)
				stride := max(1, len(w)/20)
				for i, v := range want.Params[p.Name] {
					if math.Abs(float64(w[i*stride])-v) > 1e-5 {
						t.Errorf("%s[%d] = %v, want %v", p.Name, i*stride, w[i*stride], v)
					}
				}
				if len(want.Params[p.Name]) == 0 || !strings.Contains(p.Name, ".") {
					t.Errorf("%s: nothing to compare with", p.Name)
				}
			}
		})
	}
}
