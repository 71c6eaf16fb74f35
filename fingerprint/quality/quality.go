package quality

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
)

// A Report says what was seen in an image.
type Report struct {
	// Ridges is the share of the image, in 0..1, that shows ridges at the
	// distance that most of it has.
	Ridges float64 `json:"ridges"`
	// Period is that distance in pixels; 0 if there are none.
	Period float64 `json:"period"`
	// Turning says how much the ridges' direction varies over the image: 0 for
	// parallel lines, 1 if all directions are equally frequent.
	Turning float64 `json:"turning"`
	// Contrast is the standard deviation of the grey, 0 to 127.5.
	Contrast float64 `json:"contrast"`
}

// What an image must show at least to be a print; see TestQuality for what
// prints and others have.
const (
	MinRidges   = 0.06
	MinTurning  = 0.01
	MinContrast = 5
)

// ErrNoPrint says that an image shows no fingerprint.
var ErrNoPrint = errors.New("no fingerprint")

// Check returns an error that gives the figure unless the image shows a print.
func (r Report) Check() error {
	switch {
	case r.Contrast < MinContrast:
		return fmt.Errorf("%w: the image is blank: contrast %.1f, a print has at least %d", ErrNoPrint, r.Contrast, MinContrast)
	case r.Ridges < MinRidges:
		return fmt.Errorf("%w: %.0f%% of the image shows ridges, of a print at least %.0f%%", ErrNoPrint, 100*r.Ridges, 100*MinRidges)
	case r.Turning < MinTurning:
		return fmt.Errorf("%w: its lines are parallel: their direction varies by %.3f, that of ridges by at least %.2f", ErrNoPrint, r.Turning, MinTurning)
	}
	return nil
}

const (
	window = 16 // pixels on a side
	step   = 6  // from a window to the next
	// Ridge distances that are looked for, in pixels: SOCOFing's are 3 to 5.
	shortest, longest = 2.1, 6.5
	maxLevels         = 4
)

// Measure looks at an image. One of high resolution is halved until its ridges
// are as near to each other as the windows are made for.
func Measure(g *image.Gray) Report {
	p := newPlane(g)
	contrast := p.deviation()
	var best Report
	for level := range maxLevels {
		r := p.measure()
		r.Period *= float64(int(1) << level)
		if r.Ridges > best.Ridges {
			best = r
		}
		if min(p.w, p.h) < 6*window {
			break
		}
		p = p.half()
	}
	best.Contrast = contrast
	return best
}

// A wave is what a window shows.
type wave struct {
	period   float64
	cos, sin float64 // of twice the angle of the normal
}

// measure looks at the windows of an image at one resolution.
func (p *plane) measure() Report {
	var waves []wave
	windows := 0
	for y := 0; y+window <= p.h; y += step {
		for x := 0; x+window <= p.w; x += step {
			windows++
			if w, ok := p.wave(x, y); ok {
				waves = append(waves, w)
			}
		}
	}
	if len(waves) == 0 {
		return Report{}
	}
	periods := make([]float64, len(waves))
	for i, w := range waves {
		periods[i] = w.period
	}
	slices.Sort(periods)
	middle := periods[len(periods)/2]
	n, cos, sin := 0, 0.0, 0.0
	for _, w := range waves {
		if w.period > middle/1.5 && w.period < middle*1.5 {
			n++
			cos += w.cos
			sin += w.sin
		}
	}
	return Report{
		Ridges:  float64(n) / float64(windows),
		Period:  middle,
		Turning: 1 - math.Hypot(cos, sin)/float64(n),
	}
}
