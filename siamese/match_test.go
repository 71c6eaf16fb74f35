package siamese

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"whorl/siamese/kernel"
)

// matched are architectures that take each way of comparing pairs.
func matched() map[string]Architecture {
	net := func(merge Merge, branch, head []Layer) Architecture {
		return Architecture{Name: "x", Height: testH, Width: testW, Merge: merge, Branch: branch, Head: head}
	}
	one, two := []Layer{conv("conv1", 8)}, []Layer{conv("conv1", 20), conv("conv2", 8)}
	linear := dense("dense1", 16)
	linear.ReLU = false
	winograd := net(Abs, one, []Layer{conv("c", 5), dense("dense1", 16), output("dense2")})
	winograd.Winograd = true
	unpooled := conv("c", 3)
	unpooled.Pool = false
	large := conv("c", 3)
	large.Kernel = 5
	return map[string]Architecture{
		"subtract, dense":                 tiny(Subtract),
		"subtract, two dense of 32":       net(Subtract, one, []Layer{dense("d1", 32), dense("d2", 7), output("d3")}),
		"subtract, two dense of 16":       net(Subtract, one, []Layer{dense("d1", 16), dense("d2", 7), output("d3")}),
		"subtract, convolution":           net(Subtract, one, []Layer{conv("c", 40), dense("d1", 16), output("d2")}),
		"subtract, convolution and three": net(Subtract, two, []Layer{conv("c", 5), dense("d1", 40), dense("d2", 7), output("d3")}),
		"subtract, no ReLU":               net(Subtract, one, []Layer{linear, output("d2")}),
		"subtract, output alone":          net(Subtract, one, []Layer{output("d")}),
		"abs, dense":                      tiny(Abs),
		"abs, output alone":               net(Abs, one, []Layer{output("d")}),
		"abs, convolution":                net(Abs, two, []Layer{conv("c", 5), dense("d1", 16), output("d2")}),
		"abs, convolution by Winograd":    winograd,
		"abs, two convolutions":           net(Abs, one, []Layer{conv("c1", 4), conv("c2", 4), output("d")}),
		"abs, convolution without pool":   net(Abs, one, []Layer{unpooled, output("d")}),
		"subtract, convolution of 5x5":    net(Subtract, one, []Layer{large, output("d")}),
	}
}

// drawn returns a network whose biases, too, are random.
func drawn(t testing.TB, a Architecture) *Network {
	t.Helper()
	n, err := New(a, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range n.Params {
		if r := newStream(5, p.Name); len(p.Shape) == 1 {
			for i := range p.Data {
				p.Data[i] = 0.2*r.float() - 0.1
			}
		}
	}
	return n
}

// fewProbes is data with a gallery of more than one panel.
func fewProbes() Data {
	d := prints(34, 1)
	d.Probes.N = 5
	d.Probes.Pix = d.Probes.Pix[:5*testH*testW]
	return d
}

// all returns the logits of all pairs of the data's probes and gallery.
func all(t testing.TB, n *Network, d Data) []float32 {
	t.Helper()
	m, err := n.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	logits := make([]float32, d.Probes.N*d.Gallery.N)
	err = m.CompareImages(context.Background(), d.Probes, upTo(d.Probes.N), d.Gallery, upTo(d.Gallery.N), func(_ int, tile *Tile) error {
		for i := range tile.Probes {
			copy(logits[(tile.Probe+i)*d.Gallery.N+tile.Gallery:], tile.Row(i))
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

func upTo(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// TestMatcher compares the logits of all pairs with those of the whole
// network, pair by pair; where both add in the same order they have the same
// bits.
func TestMatcher(t *testing.T) {
	d := fewProbes()
	for name, a := range matched() {
		t.Run(name, func(t *testing.T) {
			n := drawn(t, a)
			got := all(t, n, d)
			m, err := n.machine(scoreBatch)
			if err != nil {
				t.Fatal(err)
			}
			var pairs []Pair
			for p := range d.Probes.N {
				for g := range d.Gallery.N {
					pairs = append(pairs, Pair{Probe: p, Gallery: g})
				}
			}
			exact := name == "abs, convolution" || name == "abs, convolution by Winograd"
			err = forward(context.Background(), m, d.Probes, d.Gallery, pairs, func(at int, logits []float32) error {
				for i, want := range logits {
					z := got[at+i]
					if exact && math.Float32bits(z) != math.Float32bits(want) || math.Abs(float64(z-want)) > 1e-5*(1+math.Abs(float64(want))) {
						return fmt.Errorf("pair %v: logit %v, pair by pair %v", pairs[at+i], z, want)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTilesDoNotMatter compares pairs alone and in blocks of any size.
func TestTilesDoNotMatter(t *testing.T) {
	d := fewProbes()
	var names []string
	networks, wants := map[string]*Network{}, map[string][]float32{}
	for name, a := range matched() {
		n := drawn(t, a)
		names, networks[name], wants[name] = append(names, name), n, all(t, n, d)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "network")
		p := rapid.SliceOfN(rapid.IntRange(0, d.Probes.N-1), 1, 4).Draw(t, "probes")
		g := rapid.SliceOfN(rapid.IntRange(0, d.Gallery.N-1), 1, 40).Draw(t, "gallery")
		procs := runtime.GOMAXPROCS(rapid.IntRange(1, 3).Draw(t, "procs"))
		defer runtime.GOMAXPROCS(procs)
		m, err := networks[name].Matcher()
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		err = m.CompareImages(context.Background(), d.Probes, p, d.Gallery, g, func(_ int, tile *Tile) error {
			for i := range tile.Probes {
				for j, z := range tile.Row(i) {
					if w := wants[name][p[tile.Probe+i]*d.Gallery.N+g[tile.Gallery+j]]; math.Float32bits(z) != math.Float32bits(w) {
						return fmt.Errorf("logit %v, among all %v", z, w)
					}
				}
			}
			return nil
		}, func(done int) { seen = done })
		if err != nil || seen != len(p)*len(g) {
			t.Fatalf("%d of %d pairs: %v", seen, len(p)*len(g), err)
		}
	})
}

// TestSymmetry: the score of (a, b) is that of (b, a) with the merge abs.
func TestSymmetry(t *testing.T) {
	d := prints(12, 1)
	d.Probes = d.Gallery
	for name, a := range matched() {
		z := all(t, drawn(t, a), d)
		differ := false
		for i := range d.Gallery.N {
			for j := range i {
				differ = differ || math.Float32bits(z[i*d.Gallery.N+j]) != math.Float32bits(z[j*d.Gallery.N+i])
			}
		}
		if differ != (a.Merge == Subtract) {
			t.Errorf("%s: logits of (a, b) and (b, a) differ: %v", name, differ)
		}
	}
}

// TestMatcherTogether embeds and compares from several goroutines.
func TestMatcherTogether(t *testing.T) {
	d := prints(6, 1)
	n := drawn(t, tiny(Subtract))
	m, err := n.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	want := all(t, n, d)
	var wait sync.WaitGroup
	for g := range d.Gallery.N {
		wait.Go(func() {
			p, err := m.Embed(context.Background(), d.Probes, []int{0}, nil)
			if err != nil {
				t.Error(err)
				return
			}
			e, err := m.Embed(context.Background(), d.Gallery, []int{g}, nil)
			if err != nil {
				t.Error(err)
				return
			}
			z, err := m.Logits(context.Background(), p, e)
			if err != nil || z[0] != want[g] {
				t.Errorf("logit %v, %v, want %v", z, err, want[g])
			}
		})
	}
	wait.Wait()
}

func TestMatcherErrors(t *testing.T) {
	d := prints(4, 2)
	n := drawn(t, tiny(Subtract))
	m, err := n.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	ignore := func(int, *Tile) error { return nil }
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	broken := drawn(t, tiny(Abs))
	broken.Params[0].Data[0] = float32(math.NaN())
	for want, f := range map[string]func() error{
		"stop": func() error {
			return m.CompareImages(context.Background(), d.Probes, upTo(2), d.Gallery, upTo(2), func(int, *Tile) error { return stop }, nil)
		},
		"context canceled": func() error {
			return m.Compare(ctx, make([]float32, m.Len()), make([]float32, m.Len()), ignore)
		},
		"want embeddings of 16": func() error {
			return m.Compare(context.Background(), make([]float32, 3), nil, ignore)
		},
		"2 probes with 1 gallery images": func() error {
			_, err := m.PairLogits(context.Background(), d.Probes, upTo(2), d.Gallery, upTo(1))
			return err
		},
		"image row 9 of 4": func() error {
			_, err := m.Embed(context.Background(), d.Gallery, []int{9}, nil)
			return err
		},
		"weights are invalid": func() error {
			m, err := broken.Matcher()
			if err != nil {
				return err
			}
			_, err = m.Embed(context.Background(), d.Gallery, []int{0}, nil)
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

const logitsEnv = "WHORL_TEST_LOGITS"

// TestLogitsChild prints a digest of logits; see TestFamiliesLogits.
func TestLogitsChild(t *testing.T) {
	if os.Getenv(logitsEnv) == "" {
		t.Skip("only run by TestFamiliesLogits, in a process of its own")
	}
	if kernel.Check() != nil {
		fmt.Println("unavailable")
		return
	}
	d := prints(35, 1)
	for _, name := range []string{"subtract, dense", "subtract, convolution", "abs, dense", "abs, convolution by Winograd"} {
		h := fnv.New64a()
		for _, z := range all(t, drawn(t, matched()[name]), d) {
			fmt.Fprintf(h, "%08x", math.Float32bits(z))
		}
		fmt.Printf("digest %x\n", h.Sum64())
	}
}

// TestFamiliesLogits compares all pairs with every family of kernels.
func TestFamiliesLogits(t *testing.T) {
	want := ""
	for _, family := range []string{"scalar", "avx2", "avx512"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLogitsChild$")
		cmd.Env = append(os.Environ(), "WHORL_KERNEL="+family, logitsEnv+"=yes", "GOMAXPROCS=3")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", family, err, out)
		}
		got, _, _ := strings.Cut(string(out), "PASS")
		switch {
		case strings.HasPrefix(got, "unavailable"):
			t.Logf("%s does not run here", family)
		case want == "":
			want = got
		case got != want:
			t.Errorf("%s: %s, want %s as with scalar", family, got, want)
		}
	}
	if strings.Count(want, "digest") != 4 {
		t.Errorf("scalar printed %q", want)
	}
}
