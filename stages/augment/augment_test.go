package augment

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/npy"
)

// inputs makes arrays of some images of 12x10 pixels.
func inputs(t *testing.T, counts ...int) map[string]string {
	t.Helper()
	in := make(map[string]string)
	for i, name := range []string{"x_easy", "x_medium", "x_hard"} {
		pix := make([]uint8, counts[i]*120)
		for j := range pix {
			pix[j] = uint8(j * 7)
		}
		var b bytes.Buffer
		if err := npy.Write(&b, pix, counts[i], 10, 12); err != nil {
			t.Fatal(err)
		}
		in[name] = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(in[name], b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func TestPolicies(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	previews := make(map[string]string)
	for _, name := range []string{"none", "post", "blur", "affine", "scale", "shift", "rotate"} {
		p := defaults()
		p.Policy = name
		p.Rotate = [2]float64{-10, 20}
		r := stagetest.Run(t, Kind(), p, 3, in)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		got, err := imaging.ReadPolicy(bytes.NewReader(r.Bytes("policy")))
		if err != nil {
			t.Fatal(err)
		}
		ours := imaging.Post()
		ours.Rotate = imaging.Range{-10, 20}
		want, err := ours.Only(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("policy %s is written as %+v, want %+v", name, got, want)
		}
		preview := string(r.Bytes("preview"))
		if _, err := png.Decode(strings.NewReader(preview)); err != nil {
			t.Fatal(err)
		}
		for other, same := range previews {
			if same == preview {
				t.Errorf("the previews of %s and %s are alike", name, other)
			}
		}
		previews[name] = preview
		if again := stagetest.Run(t, Kind(), p, 3, in); !bytes.Equal(again.Bytes("preview"), []byte(preview)) {
			t.Errorf("policy %s: the same stage makes two previews", name)
		}
	}
	seeded := stagetest.Run(t, Kind(), nil, 4, in)
	if seeded.Err != nil || string(seeded.Bytes("preview")) == previews["post"] {
		t.Errorf("another seed gives the same preview (%v)", seeded.Err)
	}
}

// The preview shows what training does: it augments as (epoch, probe), epochs
// counting from 1 and probes through easy, medium and hard.
func TestPreviewIsWhatTrainingSees(t *testing.T) {
	in := inputs(t, 5, 1, 3)
	task := &stage.Task{Seed: 7, Inputs: map[string]stage.Input{}}
	for name, path := range in {
		task.Inputs[name] = stage.Input{Path: path}
	}
	rows, err := preview(task, imaging.Post())
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		difficulty    string
		before, probe int
	}{{"easy", 0, 1}, {"easy", 0, 3}, {"medium", 5, 5}, {"hard", 6, 6}, {"hard", 6, 8}}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	training := imaging.NewAugmenter(imaging.Post(), 7, 12, 10)
	seen := make([]uint8, 120)
	for i, w := range want {
		row := rows[i]
		if note := fmt.Sprintf("probe %d", w.probe); row.Title != w.difficulty || row.Notes[0] != note {
			t.Errorf("row %d is %s, %s, want %s, %s", i, row.Title, row.Notes[0], w.difficulty, note)
		}
		plain := row.Cells[0].Pix
		if first := uint8((w.probe - w.before) * 120 * 7 % 256); plain[0] != first {
			t.Errorf("row %d shows an image that begins with %d, want %d", i, plain[0], first)
		}
		for epoch := 1; epoch <= epochs; epoch++ {
			training.Apply(seen, plain, epoch, w.probe)
			if !bytes.Equal(row.Cells[epoch].Pix, seen) {
				t.Errorf("probe %d, epoch %d is not as in training", w.probe, epoch)
			}
		}
	}
}

func TestDefaultsAreThePosts(t *testing.T) {
	p := defaults()
	got, err := p.policy()
	if err != nil || got != imaging.Post() {
		t.Errorf("defaults are %+v, %v, want %+v", got, err, imaging.Post())
	}
}

func TestValidate(t *testing.T) {
	p := defaults()
	p.Rotate = [2]float64{30, -30}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "rotate [30 -30]: the lower end has to come first") {
		t.Errorf("error %v", err)
	}
	p.Policy = "blur" // which does not rotate
	if err := p.Validate(); err != nil {
		t.Errorf("a range that is not used is refused: %v", err)
	}
}

func TestBadInput(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	if err := os.Truncate(in["x_medium"], 150); err != nil {
		t.Fatal(err)
	}
	if err := stagetest.Run(t, Kind(), nil, 1, in).Err; err == nil || !strings.Contains(err.Error(), "read x_medium: mapping array") || !strings.Contains(err.Error(), "truncated") {
		t.Errorf("error %v", err)
	}
}
