package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/image/bmp"

	"whorl/fingerprint"
	"whorl/fingerprint/imaging"
	"whorl/fingerprint/synth"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/npy"
)

// encode makes a small bitmap whose pixels all have the given value.
func encode(t testing.TB, value uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 12, 10))
	for i := range m.Pix {
		m.Pix[i] = value
	}
	var b bytes.Buffer
	if err := bmp.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tree makes a data set of two fingers: two real prints and one of each in
// every altered subset.
func tree(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	value := uint8(10)
	for s := range fingerprint.Subsets {
		alteration := fingerprint.CentralRotation
		if s == fingerprint.Real {
			alteration = ""
		}
		for finger := range uint8(2) {
			label := fingerprint.Label{Subject: 7, Gender: 1, Finger: finger}
			put(t, root, inTree(s, fingerprint.FormatName(label, alteration)), encode(t, value))
			value += 10
		}
	}
	return root
}

func put(t testing.TB, root, file string, content []byte) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func ingest(t testing.TB, root, onReject string) *stagetest.Result {
	t.Helper()
	p := Params{Size: [2]int{6, 5}, OnReject: onReject}
	return stagetest.Run(t, Kind(), p, 0, map[string]string{"prints": root})
}

func decodeJSON[T any](t testing.TB, b []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func rows(t testing.TB, path string) ([]uint8, []int) {
	t.Helper()
	a, err := npy.Map(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	pix, err := a.Uint8()
	if err != nil {
		t.Fatal(err)
	}
	return pix, a.Shape
}

func TestIngest(t *testing.T) {
	root := tree(t)
	put(t, root, "Real/Thumbs.db", []byte("what Windows leaves"))
	put(t, root, "Altered/Altered-Easy/.DS_Store", []byte("what macOS leaves"))
	put(t, root, "README.txt", []byte("beside the folders is nobody's business"))
	for _, place := range []string{"the folder itself", "the one above it"} {
		t.Run(place, func(t *testing.T) {
			given := root
			if place != "the folder itself" {
				given = t.TempDir()
				if err := os.CopyFS(filepath.Join(given, "SOCOFing"), os.DirFS(root)); err != nil {
					t.Fatal(err)
				}
			}
			r := ingest(t, given, "fail")
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			names := decodeJSON[map[string][]string](t, r.Bytes("prints/names.json"))
			want := map[string][]string{
				"real":   {"Real/7__F_Left_index_finger.BMP", "Real/7__F_Left_thumb_finger.BMP"},
				"easy":   {"Altered/Altered-Easy/7__F_Left_index_finger_CR.BMP", "Altered/Altered-Easy/7__F_Left_thumb_finger_CR.BMP"},
				"medium": {"Altered/Altered-Medium/7__F_Left_index_finger_CR.BMP", "Altered/Altered-Medium/7__F_Left_thumb_finger_CR.BMP"},
				"hard":   {"Altered/Altered-Hard/7__F_Left_index_finger_CR.BMP", "Altered/Altered-Hard/7__F_Left_thumb_finger_CR.BMP"},
			}
			for s := range fingerprint.Subsets {
				if !slices.Equal(names[s.String()], want[s.String()]) {
					t.Errorf("%s has rows %q, want %q", s, names[s.String()], want[s.String()])
				}
				pix, shape := rows(t, r.Path("prints/x_"+s.String()+".npy"))
				if !slices.Equal(shape, []int{2, 6, 5}) {
					t.Fatalf("%s has shape %v", s, shape)
				}
				// tree numbers the thumb before the index finger.
				if index, thumb := pix[0], pix[30]; index != uint8(20*s+20) || thumb != uint8(20*s+10) {
					t.Errorf("%s has rows of %d and %d", s, index, thumb)
				}
				if got := r.Metric(s.String()); got != 2 {
					t.Errorf("metric %s is %v", s, got)
				}
			}
			if got := string(r.Bytes("prints/rejects.json")); got != "[]\n" {
				t.Errorf("rejects %s", got)
			}
			if r.Last.Done != 8 || r.Last.Total != 8 || r.Last.Unit != "files" {
				t.Errorf("progress ends with %+v", r.Last)
			}
		})
	}
}

// A row is the image resized, height first, and nothing is left of one image
// in the next.
func TestRows(t *testing.T) {
	root := tree(t)
	const w, h = 14, 9
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * i * 5)
	}
	var b bytes.Buffer
	if err := bmp.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	put(t, root, "Real/7__F_Left_middle_finger.BMP", b.Bytes())
	r := ingest(t, root, "fail")
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	pix, _ := rows(t, r.Path("prints/x_real.npy"))
	want := make([]uint8, 6*5)
	imaging.NewResizer(5, 6).Resize(want, m.Pix, w, h)
	if got := pix[30:60]; !bytes.Equal(got, want) { // between index and thumb
		t.Errorf("the row is\n%d\nwant\n%d", got, want)
	}
}

// Each kind of bad file, with what is said of it.
var bad = []struct {
	file    string
	content func(t testing.TB) []byte
	want    string
}{
	{"Real/8__M_Left_ring_finger.BMP", func(t testing.TB) []byte { b := encode(t, 1); return b[:len(b)-1] }, "truncated BMP"},
	{"Real/8__M_Left_thumb_finger.BMP", func(testing.TB) []byte { return []byte("\x89PNG\r\n\x1a\n") }, "not a BMP file"},
	{"Real/8__M_Right_ring_finger.BMP", func(t testing.TB) []byte {
		b := encode(t, 1)
		copy(b[18:], "\xff\xff\xff\x7f\xff\xff\xff\x7f")
		return b
	}, "BMP"},
	{"Real/8__M_Right_thumb_finger.BMP", func(t testing.TB) []byte {
		b := encode(t, 1)
		copy(b[18:], "\x10\x27\x00\x00")
		return b
	}, "absurd size: 10000x10"},
	{"Real/notes.txt", func(testing.TB) []byte { return nil }, "expected a subject number"},
	{"Real/8__M_Left_index_finger_CR.BMP", func(t testing.TB) []byte { return encode(t, 1) }, `has the alteration "CR"`},
	{"Real/007__F_Left_thumb_finger.BMP", func(t testing.TB) []byte { return encode(t, 1) }, ""}, // the first of two
	{"Real/7__F_Left_thumb_finger.BMP", func(t testing.TB) []byte { return encode(t, 1) }, "shows the same print as 007__F_Left_thumb_finger.BMP"},
	{"Altered/Altered-Easy/8__M_Left_ring_finger_CR.BMP", func(t testing.TB) []byte { return encode(t, 1) }, "its real print Real/8__M_Left_ring_finger.BMP was refused"},
	{"Altered/Altered-Hard/9__M_Left_ring_finger_CR.BMP", func(t testing.TB) []byte { return encode(t, 1) }, "its real print is missing: want Real/9__M_Left_ring_finger.BMP"},
	{"Altered/Altered-Hard/7__M_Left_thumb_finger_Obl.BMP", func(t testing.TB) []byte { return encode(t, 1) }, "is of the other gender"},
	{"Altered/Altered-Hard/7__F_Left_thumb_finger.BMP", func(t testing.TB) []byte { return encode(t, 1) }, "has no alteration"},
	{"Altered/Altered-Medium/folder/7__F_Left_index_finger_Obl.BMP", func(t testing.TB) []byte { return encode(t, 1) }, ""}, // of which the folder is refused
	{"Altered/Altered-Medium/7__F_Left_thumb_finger_Obl.BMP/x", func(t testing.TB) []byte { return nil }, ""},
}

func TestRejects(t *testing.T) {
	root := tree(t)
	want := map[string]string{
		"Altered/Altered-Medium/folder":                                "expected a subject number",
		"Altered/Altered-Medium/7__F_Left_thumb_finger_Obl.BMP":        "is not a regular file",
		"Altered/Altered-Easy/7__F_Left_thumb_finger_CR.BMP":           "",
		"Altered/Altered-Medium/7__F_Left_index_finger_CR.BMP":         "",
		"Altered/Altered-Hard/7__F_Left_index_finger_CR.BMP":           "",
		"Altered/Altered-Medium/folder/7__F_Left_index_finger_Obl.BMP": "",
	}
	for _, b := range bad {
		put(t, root, b.file, b.content(t))
		want[b.file] = b.want
	}
	expected := 0
	for _, w := range want {
		if w != "" {
			expected++
		}
	}

	t.Run("skip", func(t *testing.T) {
		r := ingest(t, root, "skip")
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		rejects := decodeJSON[[]reject](t, r.Bytes("prints/rejects.json"))
		for _, got := range rejects {
			if w := want[got.File]; w == "" || !strings.Contains(got.Reason, w) {
				t.Errorf("%s is refused: %s; want %q", got.File, got.Reason, w)
			}
			if strings.Contains(got.Reason, root) {
				t.Errorf("the reason %q gives away where the tree lies", got.Reason)
			}
		}
		if len(rejects) != expected || r.Metric("rejects") != float64(expected) {
			t.Errorf("%d rejects, metric %v, want %d", len(rejects), r.Metric("rejects"), expected)
		}
		// What is left is whole: as many rows as names.
		names := decodeJSON[map[string][]string](t, r.Bytes("prints/names.json"))
		for s := range fingerprint.Subsets {
			if _, shape := rows(t, r.Path("prints/x_"+s.String()+".npy")); shape[0] != len(names[s.String()]) {
				t.Errorf("%s has %d rows and %d names", s, shape[0], len(names[s.String()]))
			}
			if float64(len(names[s.String()])) != r.Metric(s.String()) {
				t.Errorf("metric %s is %v of %d", s, r.Metric(s.String()), len(names[s.String()]))
			}
		}
		if !slices.Contains(names["real"], "Real/007__F_Left_thumb_finger.BMP") {
			t.Error("the first of two files of a print is not taken")
		}
	})

	t.Run("fail", func(t *testing.T) {
		r := ingest(t, root, "fail")
		var e *rejected
		if !errors.As(r.Err, &e) || len(e.rejects) != expected {
			t.Fatalf("error %v, want one with %d rejects", r.Err, expected)
		}
		for file, w := range want {
			blamed := w != "" && !strings.Contains(w, "was refused")
			if got := strings.Contains(r.Err.Error(), "\n  "+file+": "); got != blamed {
				t.Errorf("%s among those at fault: %v", file, got)
			}
		}
		if want := "and the altered prints of these: 1"; !strings.Contains(r.Err.Error(), want) {
			t.Errorf("error %v, want one with %q", r.Err, want)
		}
	})
}

func TestBadTrees(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, root string)
		want []string
	}{
		{"empty", func(t *testing.T, root string) { os.RemoveAll(root); os.Mkdir(root, 0o777) }, []string{"the folder is empty"}},
		{"something else", func(t *testing.T, root string) {
			os.RemoveAll(root)
			put(t, root, "holiday/beach.jpg", nil)
		}, []string{"neither Real nor Altered", "found holiday"}},
		{"two of them", func(t *testing.T, root string) {
			other := t.TempDir()
			for _, name := range []string{"a", "b"} {
				if err := os.CopyFS(filepath.Join(other, name), os.DirFS(root)); err != nil {
					t.Fatal(err)
				}
			}
			os.RemoveAll(root)
			if err := os.Rename(other, root); err != nil {
				t.Fatal(err)
			}
		}, []string{"the folders a, b each hold"}},
		{"subsets missing and empty", func(t *testing.T, root string) {
			os.RemoveAll(filepath.Join(root, "Altered", "Altered-Medium"))
			os.RemoveAll(filepath.Join(root, "Altered", "Altered-Hard"))
			os.Mkdir(filepath.Join(root, "Altered", "Altered-Hard"), 0o777)
		}, []string{`"medium" is missing: no folder Altered/Altered-Medium`, `"hard" is empty: no file in Altered/Altered-Hard`}},
		{"no Real", func(t *testing.T, root string) { os.RemoveAll(filepath.Join(root, "Real")) }, []string{`"real" is missing`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := tree(t)
			c.make(t, root)
			err := ingest(t, root, "skip").Err
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want one with %q", err, want)
				}
			}
		})
	}
	t.Run("nothing left", func(t *testing.T) {
		root := tree(t)
		for finger := range uint8(2) {
			label := fingerprint.Label{Subject: 7, Gender: 1, Finger: finger}
			put(t, root, inTree(fingerprint.Hard, fingerprint.FormatName(label, "CR")), []byte("no"))
		}
		err := ingest(t, root, "skip").Err
		if err == nil || !strings.Contains(err.Error(), "Altered/Altered-Hard: no image is left") || strings.Contains(err.Error(), "of these") {
			t.Errorf("error %v", err)
		}
	})
}

// What makes a file unreadable for a moment is no property of the file: it
// fails the stage, whatever on_reject says, and is not recorded as a reject.
func TestUnreadableIsNoReject(t *testing.T) {
	broken := errors.New("input/output error")
	for _, whole := range []int{0, 700, 1177} { // bytes that can be read of 1198
		content := encode(t, 1)
		tree := fstest.MapFS{"a.BMP": {Data: content}, "b.BMP": {Data: content}}
		refused := make([]error, 2)
		_, err := newDecoder(failing{tree, "b.BMP", whole, broken}, 5, 6).decode(t.Context(), []string{"a.BMP", "b.BMP"}, refused)
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "b.BMP") {
			t.Errorf("after %d bytes: error %v, want one of b.BMP: %v", whole, err, broken)
		}
		if refused[0] != nil || refused[1] != nil {
			t.Errorf("after %d bytes: refused %v", whole, refused)
		}
	}
}

// failing is a file system in which reading one file fails after some bytes.
type failing struct {
	fs.FS
	name  string
	whole int
	err   error
}

func (f failing) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || name != f.name {
		return file, err
	}
	return &failingFile{file, f}, nil
}

type failingFile struct {
	fs.File
	of failing
}

func (f *failingFile) Read(p []byte) (int, error) {
	if f.of.whole == 0 {
		return 0, &fs.PathError{Op: "read", Path: f.of.name, Err: f.of.err}
	}
	n, err := f.File.Read(p[:min(len(p), f.of.whole)])
	f.of.whole -= n
	return n, err
}

// A name with control characters is quoted, so that it cannot write to the
// terminal; others are as they are.
func TestPlain(t *testing.T) {
	for name, want := range map[string]string{
		"Real/1__M_Left_índex (1).BMP": "Real/1__M_Left_índex (1).BMP",
		"Real/\x1b[2J\n.BMP":           `"Real/\x1b[2J\n.BMP"`,
		"Real/\xff.BMP":                `"Real/\xff.BMP"`,
	} {
		if got := plain(name); got != want {
			t.Errorf("%q is written %s, want %s", name, got, want)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	task := &stage.Task{
		Params: Params{Size: [2]int{6, 5}, OnReject: "skip"},
		Inputs: map[string]stage.Input{"prints": {Path: tree(t), Dir: true}},
		OutDir: t.TempDir(),
	}
	if err := Kind().Run(ctx, task); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// More files than a batch come out in order, each with its own row.
func TestBatches(t *testing.T) {
	root := tree(t)
	names := []string{}
	const n = 2*maxBatch + 17
	for i := range n {
		label := fingerprint.Label{Subject: uint16(1000 + i)}
		file := inTree(fingerprint.Real, fingerprint.FormatName(label, ""))
		put(t, root, file, encode(t, uint8(i)))
		names = append(names, file)
	}
	r := ingest(t, root, "fail")
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	got := decodeJSON[map[string][]string](t, r.Bytes("prints/names.json"))["real"]
	if !slices.Equal(got[:n], names) {
		t.Fatal("names are not in order")
	}
	pix, _ := rows(t, r.Path("prints/x_real.npy"))
	for i := range n {
		for _, p := range pix[30*i : 30*(i+1)] {
			if p != uint8(i) {
				t.Fatalf("row %d holds %d", i, p)
			}
		}
	}
}

// Synthetic prints, which are what experiments run on by default, all pass.
func TestSynthetic(t *testing.T) {
	root := t.TempDir()
	o := synth.Options{Subjects: 2, Seed: 1}
	if err := synth.WriteTree(t.Context(), root, o, nil); err != nil {
		t.Fatal(err)
	}
	r := stagetest.Run(t, Kind(), nil, 0, map[string]string{"prints": root})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	total := 0.0
	for s := range fingerprint.Subsets {
		total += r.Metric(s.String())
	}
	if want := float64(o.Files()); total != want {
		t.Errorf("%v images, want %v", total, want)
	}
}

// The real sample, where it lies beside the repository.
func TestRealSample(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "socofing")
	if _, err := os.Stat(root); err != nil {
		t.Skip("needs ../shared/socofing beside the repository")
	}
	r := stagetest.Run(t, Kind(), nil, 0, map[string]string{"prints": root})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for name, want := range map[string]int{"real": 600, "easy": 1799, "medium": 1721, "hard": 1461} {
		pix, shape := rows(t, r.Path("prints/x_"+name+".npy"))
		if want := []int{want, 90, 90}; !slices.Equal(shape, want) {
			t.Errorf("%s has shape %v, want %v", name, shape, want)
		}
		if len(pix) != want*8100 {
			t.Errorf("%s has %d pixels", name, len(pix))
		}
	}
}

func BenchmarkRealSample(b *testing.B) {
	root := filepath.Join("..", "..", "..", "shared", "socofing")
	if _, err := os.Stat(root); err != nil {
		b.Skip("needs ../shared/socofing beside the repository")
	}
	for b.Loop() {
		if r := stagetest.Run(b, Kind(), nil, 0, map[string]string{"prints": root}); r.Err != nil {
			b.Fatal(fmt.Errorf("ingest: %w", r.Err))
		}
	}
}
