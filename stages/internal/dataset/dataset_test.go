package dataset

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/npy"
)

// task has one input, "in", with the given elements.
func task[T npy.Elem](t *testing.T, data []T, shape ...int) *stage.Task {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.npy")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := npy.Write(f, data, shape...); err != nil {
		t.Fatal(err)
	}
	return &stage.Task{Inputs: map[string]stage.Input{"in": {Path: path}}, OutDir: t.TempDir()}
}

func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestLabels(t *testing.T) {
	got, err := Labels(task(t, []uint16{7, 1, 0, 4, 600, 0, 1, 0}, 2, 4), "in")
	if err != nil {
		t.Fatal(err)
	}
	want := []fingerprint.Label{{Subject: 7, Gender: 1, Hand: 0, Finger: 4}, {Subject: 600, Gender: 0, Hand: 1, Finger: 0}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	back := task(t, []uint16{}, 0, 4)
	if err := WriteLabels(back, "out", want); err != nil {
		t.Fatal(err)
	}
	back.Inputs["in"] = stage.Input{Path: filepath.Join(back.OutDir, "out")}
	if got, err := Labels(back, "in"); err != nil || !slices.Equal(got, want) {
		t.Errorf("read back %v, %v", got, err)
	}
	_, err = Labels(task(t, []uint16{1, 0, 0, 0, 1, 0, 0, 9}, 2, 4), "in")
	fails(t, err, "read in: row 1:")
	_, err = Labels(task(t, []uint16{1, 0, 0}, 1, 3), "in")
	fails(t, err, "shape is [1 3], want [N 4]")
	_, err = Labels(task(t, []uint8{1, 0, 0, 0}, 1, 4), "in")
	fails(t, err, `elements of type "|u1"`)
	_, err = Labels(&stage.Task{}, "in")
	fails(t, err, `input "in" is not wired`)
}

func TestSelection(t *testing.T) {
	tk := task(t, []int64{}, 0)
	if err := WriteSelection(tk, "out", []int{0, 3, 4}); err != nil {
		t.Fatal(err)
	}
	tk.Inputs["in"] = stage.Input{Path: filepath.Join(tk.OutDir, "out")}
	got, err := Selection(tk, "in", 5)
	if err != nil || !slices.Equal(got, []int{0, 3, 4}) {
		t.Fatalf("read back %v, %v", got, err)
	}
	_, err = Selection(tk, "in", 4)
	fails(t, err, "element 2 is row 4, but there are 4 rows")
	_, err = Selection(task(t, []int64{2, 2}, 2), "in", 5)
	fails(t, err, "rows must ascend")
	_, err = Selection(task(t, []int64{1, 2}, 2, 1), "in", 5)
	fails(t, err, "shape is [2 1]")
}

func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		n := rapid.IntRange(0, 100).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		more := rapid.IntRange(k, n).Draw(t, "more")
		all := Count(n)
		drawn, larger := Draw(seed, "test", all, k), Draw(seed, "test", all, more)
		rest := Without(all, drawn)
		if len(drawn) != k || len(rest) != n-k || !slices.IsSorted(drawn) {
			t.Fatalf("drew %v, rest %v", drawn, rest)
		}
		both := slices.Concat(drawn, rest)
		slices.Sort(both)
		if !slices.Equal(both, all) {
			t.Fatalf("%v and %v are not all", drawn, rest)
		}
		for _, d := range drawn {
			if !slices.Contains(larger, d) {
				t.Fatalf("%d is among %v but not among %v", d, drawn, larger)
			}
		}
		slices.Reverse(all)
		if again := Draw(seed, "test", all, k); !slices.Equal(again, drawn) {
			t.Fatalf("drew %v, from the reverse %v", drawn, again)
		}
	})
}

// Each item has the same chance: of 2000 draws of 3 from 10 each is in 600,
// give or take five standard deviations.
func TestDrawIsFair(t *testing.T) {
	var hits [10]int
	for seed := range uint64(2000) {
		for _, i := range Draw(seed, "fair", Count(10), 3) {
			hits[i]++
		}
	}
	for i, h := range hits {
		if h < 497 || h > 703 {
			t.Errorf("item %d was drawn %d times of 2000", i, h)
		}
	}
	if slices.Equal(Draw(1, "a", Count(100), 50), Draw(1, "b", Count(100), 50)) {
		t.Error("the purpose makes no difference")
	}
}

func TestDrawRefuses(t *testing.T) {
	for _, k := range []int{-1, 4} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), "dataset: draw") {
					t.Errorf("drawing %d of 3: panic %v", k, r)
				}
			}()
			Draw(1, "test", Count(3), k)
		}()
	}
}
