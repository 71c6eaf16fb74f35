package dataset

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/npy"
)

// input returns a task whose input "in" is the given directory.
func input(dir string) *stage.Task {
	return &stage.Task{Inputs: map[string]stage.Input{"in": {Path: dir, Dir: true}}}
}

// array returns a task whose input "in" has one file, an array.
func array[T npy.Elem](t *testing.T, file string, data []T, shape ...int) *stage.Task {
	t.Helper()
	dir := t.TempDir()
	if err := writeArray(dir, file, data, shape...); err != nil {
		t.Fatal(err)
	}
	return input(dir)
}

func fails(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestLabels(t *testing.T) {
	got, err := ReadLabels(array(t, "y_easy.npy", []uint16{7, 1, 0, 4, 600, 0, 1, 0}, 2, 4), "in", fingerprint.Easy)
	if err != nil {
		t.Fatal(err)
	}
	want := []fingerprint.Label{{Subject: 7, Gender: 1, Hand: 0, Finger: 4}, {Subject: 600, Gender: 0, Hand: 1, Finger: 0}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	dir := t.TempDir()
	if err := WriteLabels(dir, fingerprint.Hard, want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadLabels(input(dir), "in", fingerprint.Hard); err != nil || !slices.Equal(got, want) {
		t.Errorf("read back %v, %v", got, err)
	}
	_, err = ReadLabels(array(t, "y_real.npy", []uint16{1, 0, 0, 0, 1, 0, 0, 9}, 2, 4), "in", fingerprint.Real)
	fails(t, err, "read in/y_real.npy: row 1:")
	_, err = ReadLabels(array(t, "y_real.npy", []uint16{1, 0, 0}, 1, 3), "in", fingerprint.Real)
	fails(t, err, "shape is [1 3], want [N 4]")
	_, err = ReadLabels(array(t, "y_real.npy", []uint8{1, 0, 0, 0}, 1, 4), "in", fingerprint.Real)
	fails(t, err, `elements of type "|u1"`)
	_, err = ReadLabels(&stage.Task{}, "in", fingerprint.Real)
	fails(t, err, `the input "in" is not connected`)
}

func TestParts(t *testing.T) {
	dir := t.TempDir()
	want := Part{Test, []int{0, 3, 4}, []int{1, 2}}
	if err := WritePart(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPart(input(dir), "in", Test, 5, 3)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read back %+v, %v", got, err)
	}
	_, err = ReadPart(input(dir), "in", Test, 4, 3)
	fails(t, err, "read in/test.npy: element 2 is row 4, but there are 4 rows")
	_, err = ReadPart(input(dir), "in", Test, 5, 2)
	fails(t, err, "read in/gallery_test.npy: element 1 is row 2, but there are 2 rows")
	_, err = ReadPart(input(dir), "in", Train, 5, 3)
	fails(t, err, "read in/train.npy: ")
	_, err = ReadPart(array(t, "test.npy", []int64{2, 2}, 2), "in", Test, 5, 3)
	fails(t, err, "rows must ascend")
	_, err = ReadPart(array(t, "test.npy", []int64{1, 2}, 2, 1), "in", Test, 5, 3)
	fails(t, err, "shape is [2 1]")
	_, err = ReadPart(array(t, "test.npy", []int64{}, 0), "in", Test, 5, 3)
	fails(t, err, "no rows are selected")
}

func TestJSON(t *testing.T) {
	dir := t.TempDir()
	if err := WriteJSON(dir, NamesFile, map[string]int{"a": 1}); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := ReadJSON(input(dir), "in", NamesFile, &got); err != nil || got["a"] != 1 {
		t.Errorf("read back %v, %v", got, err)
	}
	var number int
	fails(t, ReadJSON(input(dir), "in", NamesFile, &number), "read in/names.json: json: cannot unmarshal")
	fails(t, WriteJSON(filepath.Join(dir, "none"), NamesFile, 1), "write names.json")
}

func TestImages(t *testing.T) {
	_, err := MapImages(array(t, "x_hard.npy", make([]uint8, 24), 24), "in", fingerprint.Hard)
	fails(t, err, "read in/x_hard.npy: array has shape (24,), want (N, height, width)")
	a, err := MapImages(array(t, "x_hard.npy", make([]uint8, 24), 2, 3, 4), "in", fingerprint.Hard)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, n, h, w, err := a.Images(); err != nil || n != 2 || h != 3 || w != 4 {
		t.Errorf("%d images of %dx%d, %v", n, h, w, err)
	}
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
