package synthetic

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"whorl/fingerprint"
	"whorl/pipeline/stage/stagetest"
)

func TestRun(t *testing.T) {
	p := Params{Subjects: 2, Seed: 1}
	r := stagetest.Run(t, Kind(), p, 0, nil)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for s, want := range map[fingerprint.Subset]int{fingerprint.Real: 20, fingerprint.Easy: 60, fingerprint.Medium: 60, fingerprint.Hard: 60} {
		files, err := os.ReadDir(filepath.Join(r.Path(Output), filepath.FromSlash(s.Dir())))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != want {
			t.Errorf("%s: %d files, want %d", s, len(files), want)
		}
	}
	if r.Last.Done != 200 || r.Last.Total != 200 {
		t.Errorf("last progress %+v, want 200 of 200", r.Last)
	}
}

// Another seed gives other people; the run's seed has no say.
func TestSeed(t *testing.T) {
	if Kind().Random {
		t.Error("the run's seed is part of the key")
	}
	const name = "Real/1__M_Left_thumb_finger.BMP"
	var first []byte
	for _, seed := range []int{1, 3} {
		r := stagetest.Run(t, Kind(), Params{Subjects: 2, Seed: seed}, 0, nil)
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		b, err := os.ReadFile(filepath.Join(r.Path(Output), name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(b, first) {
			t.Errorf("seed %d gives the same print", seed)
		}
		first = b
	}
}
