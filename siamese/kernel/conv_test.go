package kernel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// convCase is a layer with random weights and input, and room for its results.
type convCase struct {
	c                  *Conv
	x, w, packed, bias []float32
	y, dy, dx, dw, db  []float32
	codes              []uint8
	out                Maps
	scratch            *Scratch
}

func newConvCase(t testing.TB, r *rand.Rand, c *Conv, shift int) *convCase {
	k := &convCase{
		c: c, out: c.Output(),
		x: guarded(t, c.InputLen(), shift), w: guarded(t, c.WeightLen(), shift),
		packed: guarded(t, c.PackedLen(), shift), bias: guarded(t, c.BiasLen(), shift),
		y: guarded(t, c.Output().Len(), shift), dy: guarded(t, c.Output().Len(), shift),
		dx: guarded(t, c.InputLen(), shift), dw: guarded(t, c.WeightLen(), shift), db: guarded(t, c.BiasLen(), shift),
		codes: guardedCodes(t, c.CodesLen()), scratch: guardScratch(t, c.NewScratch(), shift),
	}
	if c.In == 1 {
		pix := make([]uint8, c.H*c.W)
		for i := range pix {
			pix[i] = uint8(r.Uint32())
		}
		Pixels(k.x, pix, c.H, c.W)
	} else {
		fillMaps(r, c.Input(), k.x)
	}
	for o := range c.Out {
		k.bias[o] = float32(r.NormFloat64()) / 4
		for i := range c.In {
			for tap := range taps {
				k.w[c.WeightIndex(o, i, tap)] = float32(r.NormFloat64()) / 8
			}
		}
	}
	junk(k.dx)
	c.Pack(k.packed, k.w)
	fillMaps(r, k.out, k.dy)
	for o := range k.out.Groups() * Lanes { // of the output all but the border is overwritten
		for y := range k.out.H {
			for x := range k.out.W {
				k.y[k.out.Index(o, y, x)] = 77
			}
		}
	}
	return k
}

// run does a forward and a backward pass, the latter twice to see that it adds.
func (k *convCase) run() {
	k.c.Forward(k.y, k.codes, k.x, k.packed, k.bias)
	dx := k.dx
	if k.c.In == 1 {
		dx = nil
	}
	for range 2 {
		k.c.Backward(dx, k.dw, k.db, k.dy, k.codes, k.x, k.w, k.scratch)
	}
}

// at returns the input of channel c at pixel (y, x), zero outside.
func (k *convCase) at(c, y, x int) float64 { return float64(k.x[k.index(c, y, x)]) }

func (k *convCase) index(c, y, x int) int {
	if k.c.In == 1 {
		return (y+1)*(k.c.W+2) + x + 1
	}
	return k.c.Input().Index(c, y, x)
}

// position returns the sum before ReLU and pooling, in float64, and that of
// magnitudes.
func (k *convCase) position(o, y, x int) (sum, scale float64) {
	sum = float64(k.bias[o])
	for i := range k.c.In {
		for tap := range taps {
			p := k.at(i, y+tap/3-1, x+tap%3-1) * float64(k.w[k.c.WeightIndex(o, i, tap)])
			sum += p
			scale += max(p, -p)
		}
	}
	return sum, scale
}

// runWinograd does the forward pass by Winograd's algorithm and a backward pass.
func (k *convCase) runWinograd(t testing.TB, shift int) {
	u := guarded(t, k.c.WinogradLen(), shift)
	k.c.PackWinograd(u, k.w)
	k.c.ForwardWinograd(k.y, k.codes, k.x, u, k.bias, k.scratch)
	for range 2 {
		k.c.Backward(k.dx, k.dw, k.db, k.dy, k.codes, k.x, k.w, k.scratch)
	}
}

// check compares the results with what they mean, computed in float64.
func (k *convCase) check(t *testing.T) {
	t.Helper()
	c := k.c
	dw, db, dx := make([]float64, len(k.dw)), make([]float64, len(k.db)), make([]float64, len(k.dx))
	size := make([]float64, len(k.dw))
	for o := range c.Out {
		for py := range k.out.H {
			for px := range k.out.W {
				best, scale := 0.0, 0.0
				var sums [4]float64
				for p := range 4 {
					s, m := k.position(o, 2*py+p/2, 2*px+p%2)
					sums[p] = s
					best, scale = max(best, s), max(scale, m)
				}
				at := k.out.Index(o, py, px)
				if !near(k.y[at], best, scale) {
					t.Fatalf("output %d at (%d, %d) is %v, want %v", o, py, px, k.y[at], best)
				}
				code := k.codes[c.codeIndex(o, py, px)]
				if code > 4 || code == 4 && k.y[at] != 0 || code < 4 && !near(k.y[at], sums[code], scale) {
					t.Fatalf("code of output %d at (%d, %d) is %d, sums are %v", o, py, px, code, sums)
				}
				if code == 4 {
					continue
				}
				g, y, x := float64(k.dy[at]), 2*py+int(code)/2, 2*px+int(code)%2
				db[o] += 2 * g
				for i := range c.In {
					for tap := range taps {
						w := c.WeightIndex(o, i, tap)
						p := 2 * g * k.at(i, y+tap/3-1, x+tap%3-1)
						dw[w] += p
						size[w] += max(p, -p)
						dx[k.index(i, y+tap/3-1, x+tap%3-1)] += g * float64(k.w[w])
					}
				}
			}
		}
	}
	for i, v := range k.y {
		if place := i % k.out.Plane(); i/k.out.Plane()*Lanes+i%Lanes >= c.Out || !inside(k.out, place) {
			if v != 0 {
				t.Fatalf("output %d, a border or a padding channel, is %v", i, v)
			}
		}
	}
	for o := range c.Out {
		if !near(k.db[o], db[o], 10) {
			t.Fatalf("bias gradient %d is %v, want %v", o, k.db[o], db[o])
		}
	}
	for i := range dw {
		if !near(k.dw[i], dw[i], size[i]) {
			t.Fatalf("weight gradient %d is %v, want %v", i, k.dw[i], dw[i])
		}
	}
	if c.In == 1 {
		return
	}
	for i := range c.In {
		for y := range c.H {
			for x := range c.W {
				if at := k.index(i, y, x); !near(k.dx[at], dx[at], 10) {
					t.Fatalf("data gradient of channel %d at (%d, %d) is %v, want %v", i, y, x, k.dx[at], dx[at])
				}
			}
		}
	}
}

// inside tells whether an offset in a plane of m is not of the border.
func inside(m Maps, at int) bool {
	y, x := at/m.Row()-m.Pad, at%m.Row()/Lanes-m.Pad
	return y >= 0 && y < m.H && x >= 0 && x < m.W
}

// convShapes are odd and even sizes, whole and part groups and tiles.
var convShapes = []*Conv{
	NewConv(2, 2, 1, 1, 0), NewConv(3, 5, 1, 16, 1), NewConv(9, 8, 1, 32, 1), NewConv(7, 10, 1, 40, 0), NewConv(6, 90, 1, 70, 1),
	NewConv(2, 2, 2, 1, 0), NewConv(5, 7, 3, 5, 1), NewConv(8, 6, 16, 32, 0), NewConv(7, 9, 32, 64, 0), NewConv(9, 11, 20, 48, 1),
	NewConv(6, 5, 48, 33, 0), NewConv(4, 45, 32, 32, 1),
	NewConv(18, 13, 17, 33, 1), // more windows than a block of Winograd's
}

// TestPoolTies has many equal sums, all exact: the first of equals is taken, by
// either algorithm.
func TestPoolTies(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, in := range []int{1, 18} {
			for _, winograd := range []bool{false, true} {
				if winograd && in == 1 {
					continue
				}
				k := newConvCase(t, random(6), NewConv(12, 14, in, 40, 1), 3)
				clear(k.x)
				clear(k.w)
				r := random(7)
				for c := range in {
					for y := range k.c.H {
						for x := range k.c.W {
							k.x[k.index(c, y, x)] = float32(r.IntN(3))
						}
					}
				}
				for o := range k.c.Out {
					k.bias[o] = float32(-o % 3)
					k.w[k.c.WeightIndex(o, o%in, 4)] = 4 // the centre alone: an output is 4 times its input
				}
				if winograd {
					k.runWinograd(t, 3)
				} else {
					k.c.Pack(k.packed, k.w)
					k.run()
				}
				for o := range k.c.Out {
					for y := range k.out.H {
						for x := range k.out.W {
							best, want := 0.0, uint8(4)
							for p := range 4 {
								if v := 4*k.at(o%in, 2*y+p/2, 2*x+p%2) + float64(k.bias[o]); v > best {
									best, want = v, uint8(p)
								}
							}
							v, code := k.y[k.out.Index(o, y, x)], k.codes[k.c.codeIndex(o, y, x)]
							if float64(v) != best || code != want {
								t.Fatalf("%d channels, Winograd %v: output %d at (%d, %d) is %v from %d, want %v from %d",
									in, winograd, o, y, x, v, code, best, want)
							}
						}
					}
				}
			}
		}
	})
}

func TestConvMeans(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, c := range convShapes {
			t.Run(fmt.Sprintf("%dx%dx%d-%d-pad%d", c.H, c.W, c.In, c.Out, c.Pad), func(t *testing.T) {
				k := newConvCase(t, random(uint64(i)), c, i%Lanes)
				k.run()
				k.check(t)
			})
		}
	})
}

// TestConvBits compares every family with the scalar one.
func TestConvBits(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, c := range convShapes {
			t.Run(fmt.Sprintf("%dx%dx%d-%d-pad%d", c.H, c.W, c.In, c.Out, c.Pad), func(t *testing.T) {
				compareConv(t, uint64(i), c, i%Lanes)
			})
		}
	})
}

func TestWinograd(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for i, c := range convShapes {
			if c.In == 1 {
				continue
			}
			t.Run(fmt.Sprintf("%dx%dx%d-%d-pad%d", c.H, c.W, c.In, c.Out, c.Pad), func(t *testing.T) {
				compareWinograd(t, uint64(i), c, i%Lanes)
			})
		}
	})
}

// compareWinograd fails unless the active family has the scalar family's bits,
// and they mean what they should.
func compareWinograd(t *testing.T, seed uint64, c *Conv, shift int) {
	got := newConvCase(t, random(seed), c, shift)
	got.runWinograd(t, shift)
	got.check(t)
	f := active
	active = scalar
	want := newConvCase(t, random(seed), c, 0)
	want.runWinograd(t, 0)
	active = f
	sameBits(t, "output", got.y, want.y)
	if !bytes.Equal(got.codes, want.codes) {
		t.Error("codes differ")
	}
}

// compareConv fails unless the active family has the scalar family's bits.
func compareConv(t *testing.T, seed uint64, c *Conv, shift int) {
	got := newConvCase(t, random(seed), c, shift)
	got.run()
	f := active
	active = scalar
	want := newConvCase(t, random(seed), c, 0)
	want.run()
	active = f
	if !bytes.Equal(got.codes, want.codes) {
		t.Fatalf("codes differ")
	}
	sameBits(t, "output", got.y, want.y)
	sameBits(t, "weight gradient", got.dw, want.dw)
	sameBits(t, "bias gradient", got.db, want.db)
	if c.In > 1 {
		m := c.Input()
		for ch := range c.In {
			for y := range m.H {
				sameBits(t, fmt.Sprintf("data gradient of channel %d, row %d", ch, y), inner(m, got.dx, ch, y), inner(m, want.dx, ch, y))
			}
		}
	}
}

// inner returns a channel's row without border.
func inner(m Maps, s []float32, c, y int) []float32 {
	row := make([]float32, m.W)
	for x := range row {
		row[x] = s[m.Index(c, y, x)]
	}
	return row
}
