package augment

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whorl/fingerprint/imaging"
	"whorl/pipeline/stage"
	"whorl/pipeline/stage/stagetest"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

// inputs makes arrays of some images of 12x10 pixels.
func inputs(t *testing.T, counts ...int) map[string]string {
	t.Helper()
	dir := t.TempDir()
	for i, subset := range dataset.ProbeSubsets {
		pix := make([]uint8, counts[i]*120)
		for j := range pix {
			pix[j] = uint8(j * 7)
		}
		var b bytes.Buffer
		if err := npy.Write(&b, pix, counts[i], 10, 12); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, dataset.ImagesFile(subset)), b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"prints": dir}
}

func TestPolicies(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	previews := make(map[string]string)
	for _, name := range []string{"none", "tutorial", "blur", "geometric", "scale", "shift", "rotate"} {
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
		ours := imaging.Tutorial()
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
	if seeded.Err != nil || string(seeded.Bytes("preview")) == previews["tutorial"] {
		t.Errorf("another seed gives the same preview (%v)", seeded.Err)
	}
}

// The preview shows what training does: it augments as (epoch, probe), epochs
// counting from 1 and probes through easy, medium and hard.
func TestPreviewIsWhatTrainingSees(t *testing.T) {
	in := inputs(t, 5, 1, 3)
	task := &stage.Task{Seed: 7, Inputs: map[string]stage.Input{}}
	for name, path := range in {
		task.Inputs[name] = stage.Input{Path: path, Dir: true}
	}
	rows, err := preview(task, imaging.Tutorial())
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
	training := imaging.NewAugmenter(imaging.Tutorial(), 7, 12, 10)
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

func TestDefaultsAreTheTutorials(t *testing.T) {
	p := defaults()
	got, err := p.policy()
	if err != nil || got != imaging.Tutorial() {
		t.Errorf("defaults are %+v, %v, want %+v", got, err, imaging.Tutorial())
	}
}

func TestValidate(t *testing.T) {
	p := defaults()
	p.Rotate = [2]float64{30, -30}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "rotate [30 -30]: the lower end has to come first") {
		t.Errorf("error %v", err)
	}
	p.Policy = "blur" // without rotation
	if err := p.Validate(); err != nil {
		t.Errorf("a range that is not used is refused: %v", err)
	}
}

func TestBadInput(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	if err := os.Truncate(filepath.Join(in["prints"], "x_medium.npy"), 150); err != nil {
		t.Fatal(err)
	}
	if err := stagetest.Run(t, Kind(), nil, 1, in).Err; err == nil || !strings.Contains(err.Error(), "read prints/x_medium.npy: mapping array") || !strings.Contains(err.Error(), "truncated") {
		t.Errorf("error %v", err)
	}
}

// Old names of a policy are its present one before anything is keyed.
func TestOldNames(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	want := stagetest.Run(t, Kind(), nil, 3, in)
	for old, name := range map[string]string{"post": "tutorial", "all": "tutorial", "affine": "geometric"} {
		p := defaults()
		p.Policy = old
		if err := p.Validate(); err != nil || p.Policy != name {
			t.Fatalf("%s is %s, %v, want %s", old, p.Policy, err, name)
		}
		r := stagetest.Run(t, Kind(), p, 3, in)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if noticed := slices.Contains(r.Log, fmt.Sprintf("policy: %q is the old name of %q", old, name)); noticed != (old != "all") {
			t.Errorf("%s: log %q", old, r.Log)
		}
		if same := bytes.Equal(r.Bytes("policy"), want.Bytes("policy")); same != (name == "tutorial") {
			t.Errorf("%s: same policy as tutorial is %v", old, same)
		}
	}
}

// A seed of its own takes the place of the run's, and the policy carries it to
// training.
func TestSeed(t *testing.T) {
	in := inputs(t, 5, 1, 0)
	p := defaults()
	p.Seed = 3
	own, run := stagetest.Run(t, Kind(), p, 8, in), stagetest.Run(t, Kind(), nil, 3, in)
	if err := errors.Join(own.Err, run.Err); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(own.Bytes("preview"), run.Bytes("preview")) {
		t.Error("seed 3 of the stage draws otherwise than seed 3 of the run")
	}
	policy, err := imaging.ReadPolicy(bytes.NewReader(own.Bytes("policy")))
	if err != nil || policy.Seed != 3 {
		t.Errorf("policy %+v, %v", policy, err)
	}
}
