package evaluate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
)

// writeNetwork writes a network of random weights for images of the fixture.
func writeNetwork(t *testing.T, h, w int) (*siamese.Network, string) {
	t.Helper()
	n, err := siamese.New(siamese.Tutorial(siamese.Subtract, h, w), 1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := n.WriteWeights(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "weights.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return n, path
}

// The stage as it is registered reads the network of its input: the results
// are those of the same network in memory.
func TestNetwork(t *testing.T) {
	in := small.inputs(t)
	network, path := writeNetwork(t, pixels, pixels)
	in["weights"] = path
	got := stagetest.Run(t, Kind(), nil, 1, in)
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	want := runWith(t, network, nil, 1, in)
	if want.Err != nil {
		t.Fatal(want.Err)
	}
	for _, output := range []string{"scores", "calibration_scores", "figures", "classes", "intervals", "samples"} {
		if !bytes.Equal(got.Bytes(output), want.Bytes(output)) {
			t.Errorf("%s differ from those of the network in memory", output)
		}
	}
	// Images of one value that are equal leave nothing after subtraction, so
	// that all genuine pairs score the same: the sigmoid of 0 with zero biases.
	for _, l := range readLines(t, got, "scores") {
		if l.genuine && l.score != 0.5 {
			t.Errorf("a genuine pair of identical images scores %v, want 0.5", l.score)
		}
	}
}

func TestNetworkThatDoesNotFit(t *testing.T) {
	in := small.inputs(t)
	r := stagetest.Run(t, Kind(), nil, 1, in) // the fixture's weights are an empty file
	if r.Err == nil || !strings.HasPrefix(r.Err.Error(), "read weights: ") {
		t.Errorf("empty weights: error %v", r.Err)
	}
	_, in["weights"] = writeNetwork(t, 16, 16)
	r = stagetest.Run(t, Kind(), nil, 1, in)
	if r.Err == nil || !strings.Contains(r.Err.Error(), "images are 8x8 pixels, want 16x16") {
		t.Errorf("weights for larger images: error %v", r.Err)
	}
}
