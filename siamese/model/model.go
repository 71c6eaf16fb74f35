package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"

	"whorl/siamese"
)

// A Model is a network that can be put to use.
type Model struct {
	Network  *siamese.Network
	Metadata Metadata

	network []byte // the npz file
	digest  string
}

// MediaType is that of a model file.
const MediaType = "application/vnd.whorl.model"

// Metadata is what is known of a network beside its weights.
type Metadata struct {
	Run         string            `json:"run,omitempty"`    // that trained it
	Labels      map[string]string `json:"labels,omitempty"` // e.g. "data": "SOCOFing"
	Inputs      map[string]string `json:"inputs,omitempty"` // SHA-256 of what it was trained and calibrated on, by name
	Pixels      Pixels            `json:"pixels"`
	Calibration *Calibration      `json:"calibration,omitempty"` // nil: a score is its own probability
	Thresholds  []Threshold       `json:"thresholds"`            // by rising target
}

// Pixels says how an image becomes the network's input: it is resized to
// Height by Width by Resize and its pixels are divided by Divisor.
type Pixels struct {
	Height  int    `json:"height"`
	Width   int    `json:"width"`
	Resize  string `json:"resize"`
	Divisor int    `json:"divisor"`
}

// OpenCV is the only way of resizing: bilinear, bit for bit as OpenCV does it.
const OpenCV = "opencv-bilinear"

// Calibration makes a probability of a logit by Platt's scaling (Platt 1999):
// the sigmoid of Slope*logit + Offset.
type Calibration struct {
	Slope  float64 `json:"slope"`
	Offset float64 `json:"offset"`
}

// A Threshold is a logit at or above which a pair is called a match. It was
// chosen on calibration data, and its rates were measured on other data.
type Threshold struct {
	Target float64 `json:"target_fmr"` // the false match rate it was chosen for
	Logit  float64 `json:"logit"`
	FMR    Rate    `json:"fmr"`
	FNMR   Rate    `json:"fnmr"`

	// Impostors is how many impostor pairs it was chosen with; 0 if unknown.
	Impostors int `json:"calibration_impostors,omitempty"`
}

// Few tells whether the threshold was chosen with fewer impostor pairs than
// one error at its target needs. It then lies just above the highest of them.
func (t Threshold) Few() bool { return t.Impostors > 0 && float64(t.Impostors)*t.Target < 1-1e-9 }

// A Rate is a measured error rate with its interval of confidence.
type Rate struct {
	Errors     int     `json:"errors"`
	Pairs      int     `json:"pairs"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Confidence float64 `json:"confidence"`
}

// Value returns the rate, NaN if no pair was measured.
func (r Rate) Value() float64 { return float64(r.Errors) / float64(r.Pairs) }

// New returns a model of the network. Of the metadata it sets Pixels. It fails
// if the metadata make no sense.
func New(n *siamese.Network, meta Metadata) (*Model, error) {
	a := n.Architecture
	meta.Pixels = Pixels{Height: a.Height, Width: a.Width, Resize: OpenCV, Divisor: 255}
	if err := meta.check(a); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var weights bytes.Buffer
	if err := n.WriteWeights(&weights); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	m := &Model{Network: n, Metadata: meta, network: weights.Bytes()}
	m.digest = digest(m.network)
	return m, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Digest returns the SHA-256 of the network's weights and architecture, in
// hexadecimal. Embeddings have meaning between networks of one digest; a new
// calibration does not change it.
func (m *Model) Digest() string { return m.digest }

// Probability returns the probability that a pair of the given logit is
// genuine, by the calibration if there is one.
func (m *Model) Probability(logit float64) float64 {
	if c := m.Metadata.Calibration; c != nil {
		logit = float64(c.Slope*logit) + c.Offset
	}
	if logit < 0 {
		e := math.Exp(logit)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-logit))
}

// Threshold returns the threshold that was chosen for a false match rate, such
// as 0.001. It fails, naming those there are, unless there is one.
func (m *Model) Threshold(fmr float64) (Threshold, error) {
	var have []string
	for _, t := range m.Metadata.Thresholds {
		if math.Abs(t.Target-fmr) <= 1e-9*fmr {
			return t, nil
		}
		have = append(have, fmt.Sprintf("%g%%", 100*t.Target))
	}
	if len(have) == 0 {
		return Threshold{}, errors.New("the model has no calibrated threshold: evaluate it with calibration pairs and build the model again, or give a threshold")
	}
	return Threshold{}, fmt.Errorf("the model has no threshold for a false match rate of %g%% (available: %s)", 100*fmr, strings.Join(have, ", "))
}

// check returns an error that names what makes no sense.
func (m *Metadata) check(a siamese.Architecture) error {
	if want := (Pixels{a.Height, a.Width, OpenCV, 255}); m.Pixels != want {
		return fmt.Errorf("pixels are %+v, want %+v", m.Pixels, want)
	}
	if c := m.Calibration; c != nil && !(c.Slope > 0 && finite(c.Slope) && finite(c.Offset)) {
		return fmt.Errorf("calibration of slope %v and offset %v, want a positive and a finite number", c.Slope, c.Offset)
	}
	last := -1.0
	for i, t := range m.Thresholds {
		if !(t.Target > last && t.Target <= 1) {
			return fmt.Errorf("threshold %d is for a false match rate of %v, want rising ones in 0..1", i, t.Target)
		}
		if !finite(t.Logit) {
			return fmt.Errorf("threshold %d is a logit of %v", i, t.Logit)
		}
		for name, r := range map[string]Rate{"FMR": t.FMR, "FNMR": t.FNMR} {
			if !r.sensible() {
				return fmt.Errorf("threshold %d: %s of %+v", i, name, r)
			}
		}
		last = t.Target
	}
	return nil
}

// sensible tells whether the interval holds the rate; no pairs, no interval.
func (r Rate) sensible() bool {
	if r.Pairs == 0 {
		return r == Rate{}
	}
	const slack = 1e-9 // of intervals computed elsewhere
	return r.Errors >= 0 && r.Pairs > 0 && r.Errors <= r.Pairs && r.Confidence > 0 && r.Confidence < 1 &&
		0 <= r.Low && r.Low <= r.Value()+slack && r.Value() <= r.High+slack && r.High <= 1
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
