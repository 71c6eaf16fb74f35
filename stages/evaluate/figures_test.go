package evaluate

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/stage/figure"
	"whorl/pipeline/stage/stagetest"
)

func readErrors(t *testing.T, r *stagetest.Result) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.Path("errors"), figure.File))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The gallery holds the pairs that come nearest to an error, each image once,
// as it was compared.
func TestErrorGallery(t *testing.T) {
	r := runWith(t, table(plausible), nil, 1, small.inputs(t))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	set, err := figure.Decode(readErrors(t, r))
	if err != nil {
		t.Fatal(err)
	}
	last, groups := map[string]float64{}, map[string]int{}
	for _, item := range set.Figures[0].Pairs.Items {
		before, seen := last[item.Group]
		if seen && (item.Group == "lowest genuines" && item.Value < before || item.Group == "highest impostors" && item.Value > before) {
			t.Errorf("%s: %v follows %v", item.Group, item.Value, before)
		}
		last[item.Group] = item.Value
		groups[item.Group]++
		if !strings.Contains(item.Note, "at the calibrated threshold") {
			t.Errorf("note %q does not say the decision", item.Note)
		}
		for _, image := range []figure.Image{item.Left, item.Right} {
			f, err := os.Open(filepath.Join(r.Path("errors"), image.File))
			if err != nil {
				t.Fatal(err)
			}
			if c, err := png.DecodeConfig(f); err != nil || c.Width != pixels || c.Height != pixels {
				t.Errorf("%s: %v, %v", image.File, c, err)
			}
			f.Close()
		}
	}
	if groups["lowest genuines"] != worst || groups["highest impostors"] != worst {
		t.Errorf("pairs by group: %v, want %d of each", groups, worst)
	}
}
