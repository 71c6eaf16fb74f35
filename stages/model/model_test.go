package model

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whorl/pipeline/stage/stagetest"
	"whorl/siamese"
	"whorl/siamese/model"
)

const (
	someThresholds = `{"operating": [
		{"name": "fixed", "threshold": 0.5, "tp": 1, "fp": 1, "tn": 1, "fn": 1},
		{"name": "fmr100", "threshold": 0.75, "tp": 90, "fp": 5, "tn": 495, "fn": 10},
		{"name": "fmr1000", "threshold": 1, "tp": 80, "fp": 0, "tn": 500, "fn": 20},
		{"name": "fmr10000", "threshold": 1.0000000000000002, "tp": 0, "fp": 0, "tn": 500, "fn": 100}]}`
	someIntervals = `{"confidence": 0.95, "figures": {
		"fmr100.fmr": {"low": 0.005, "high": 0.02}, "fmr100.fnmr": {"low": 0.05, "high": 0.2},
		"fmr1000.fmr": {"low": 0, "high": 0.01}, "fmr1000.fnmr": {"low": 0.1, "high": 0.3}}}`
	someCalibration = `{"impostors": 300, "platt": {"slope": 0.5, "intercept": -1}}`
)

// run runs the stage on a small network and the given texts.
func runStage(t *testing.T, texts map[string]string) *stagetest.Result {
	t.Helper()
	a := siamese.Compact(siamese.Abs, 16, 16)
	n, err := siamese.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	var weights bytes.Buffer
	if err := n.WriteWeights(&weights); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"weights": weights.String(), "thresholds": someThresholds, "intervals": someIntervals, "calibration": someCalibration}
	for name, text := range texts {
		all[name] = text
	}
	dir, inputs := t.TempDir(), map[string]string{}
	for name, text := range all {
		inputs[name] = filepath.Join(dir, name)
		if err := os.WriteFile(inputs[name], []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return stagetest.Run(t, Kind(), nil, 0, inputs)
}

func TestModel(t *testing.T) {
	r := runStage(t, map[string]string{"audit": `{"protocol": "subject"}`})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	m, err := model.Open(r.Path("model"))
	if err != nil {
		t.Fatal(err)
	}
	// 1 in 10,000 has no threshold: the highest impostors score 1.
	want := []model.Threshold{
		{
			Target: 0.001, Logit: 54 * math.Ln2, Impostors: 300,
			FMR:  model.Rate{Errors: 0, Pairs: 500, Low: 0, High: 0.01, Confidence: 0.95},
			FNMR: model.Rate{Errors: 20, Pairs: 100, Low: 0.1, High: 0.3, Confidence: 0.95},
		},
		{
			Target: 0.01, Logit: math.Log(3), Impostors: 300,
			FMR:  model.Rate{Errors: 5, Pairs: 500, Low: 0.005, High: 0.02, Confidence: 0.95},
			FNMR: model.Rate{Errors: 10, Pairs: 100, Low: 0.05, High: 0.2, Confidence: 0.95},
		},
	}
	if d := cmp.Diff(want, m.Metadata.Thresholds); d != "" {
		t.Error(d)
	}
	if !want[0].Few() || want[1].Few() {
		t.Error("300 pairs are too few for 1 in 1,000 alone")
	}
	if c := m.Metadata.Calibration; c == nil || *c != (model.Calibration{Slope: 0.5, Offset: -1}) {
		t.Errorf("calibration %+v", c)
	}
	if m.Metadata.Labels["protocol"] != "subject" || len(m.Metadata.Inputs) != 5 || len(m.Metadata.Inputs["weights"]) != 64 {
		t.Errorf("metadata %+v", m.Metadata)
	}
	if m.Metadata.Inputs["weights"] != m.Digest() {
		t.Error("the digest of the weights is not that of the network")
	}
	if again := runStage(t, map[string]string{"audit": `{"protocol": "subject"}`}); !bytes.Equal(again.Bytes("model"), r.Bytes("model")) {
		t.Error("made again, it is another file")
	}
}

// A calibration that falls with the score is left out.
func TestFallingCalibration(t *testing.T) {
	r := runStage(t, map[string]string{"calibration": `{"platt": {"slope": -1, "intercept": 0}}`})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	m, err := model.Open(r.Path("model"))
	if err != nil || m.Metadata.Calibration != nil {
		t.Errorf("%+v, %v", m, err)
	}
	if !strings.Contains(strings.Join(r.Log, "\n"), "no calibration") {
		t.Errorf("log %q", r.Log)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct{ input, text, want string }{
		"weights":    {"weights", "not an archive", "read weights"},
		"thresholds": {"thresholds", "{", "read thresholds"},
		"intervals":  {"intervals", `{"figures": {}}`, "no interval of fmr100.fmr"},
		"null":       {"intervals", `{"figures": {"fmr100.fmr": {"low": null, "high": 1}}}`, "no interval of fmr100.fmr"},
		"rate":       {"intervals", strings.Replace(someIntervals, "0.005", "0.5", 1), "FMR"},
	} {
		t.Run(name, func(t *testing.T) {
			r := runStage(t, map[string]string{c.input: c.text})
			if r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", r.Err, c.want)
			}
		})
	}
}
