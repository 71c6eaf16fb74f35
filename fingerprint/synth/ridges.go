package synth

import "sync"

// Ridges grow on a grid of half the resolution of SOCOFing's sensor, about 250
// pixels an inch, where they are well resolved. All but 44 of its 6,000 prints
// look like images of 241x298 that were shrunk to 96x103 by picking pixels:
// squeezed more in height than in width, with ridges that are close to the
// limit of what pixels can show. The stretch repeats that.
const (
	stretchX = 1.255 // grid pixels per image pixel
	stretchY = 1.447
	gridW    = 121 // holds (Width-1)*stretchX and its right neighbour
	gridH    = 150
)

const (
	orientations = 48   // filters over half a turn
	periods      = 18   // filters over the periods
	shortest     = 3.4  // period of the first of them, grid pixels
	periodStep   = 0.15 // to the next
	radius       = 7    // of a filter, grid pixels
	reach        = 1.6  // of a filter, periods
	taps         = 2*radius + 1

	// The grid with a margin as wide as a filter's radius.
	paddedW = gridW + 2*radius
	paddedH = gridH + 2*radius

	unity = 1024      // fixed-point 1.0 of the ridge signal
	gain  = 6 * unity // sum of the absolute weights of a filter
)

// A bank holds the filters: for each orientation and period an even Gabor-like
// kernel, a cosine across the ridges under a round window, with no response to
// a constant. The weights are integers whose absolute values sum to gain.
type bank struct {
	axes    [orientations]vec // unit vectors of twice the angles
	kernels [orientations * periods][taps * taps]int32
}

// filters is the bank. It depends on nothing, so one serves all.
var filters = sync.OnceValue(newBank)

func newBank() *bank {
	b := new(bank)
	for o := range orientations {
		turns := float64(o) / (2 * orientations) // half a turn in all
		b.axes[o] = vec{cosine(turns + turns), cosine(turns + turns - 0.25)}
		// Across the ridges, in image coordinates with y down: the ridge runs
		// along (cos, -sin).
		across := vec{cosine(turns - 0.25), cosine(turns)}
		for p := range periods {
			b.kernels[o*periods+p] = newKernel(across, shortest+float64(periodStep*float64(p)))
		}
	}
	return b
}

func newKernel(across vec, period float64) (k [taps * taps]int32) {
	var wave, window [taps * taps]float64
	var sum, area float64
	extent := min(float64(reach*period), radius+0.5)
	for i := range wave {
		d := vec{float64(i%taps - radius), float64(i/taps - radius)}
		r := d.dot(d) / (extent * extent)
		if r >= 1 {
			continue
		}
		window[i] = float64((1 - r) * (1 - r))
		wave[i] = float64(window[i] * cosine(d.dot(across)/period))
		sum += wave[i]
		area += window[i]
	}
	var size float64
	for i := range wave {
		wave[i] -= float64(window[i] * (sum / area))
		size += max(wave[i], -wave[i])
	}
	for i := range wave {
		k[i] = int32(wave[i] / size * gain)
	}
	return k
}

// A field says which filter serves each point of the padded grid.
type field [paddedW * paddedH]int16

const none = -1 // where no ridges are wanted

// nearest returns the index of the filter for a doubled orientation and a
// period in pixels.
func (b *bank) nearest(u vec, period float64) int16 {
	best, most := 0, -2.0
	for o := range b.axes {
		if c := u.dot(b.axes[o]); c > most {
			best, most = o, c
		}
	}
	p := int((period-shortest)/periodStep + 0.5)
	return int16(best*periods + min(max(p, 0), periods-1))
}

// A signal is how far each point of the padded grid rises above or lies below
// the middle between ridge and furrow, in fixed point: unity on a ridge.
type signal [paddedW * paddedH]int32

// grow lets ridges grow from noise, where the field wants them: each round
// filters the signal and limits it to ±unity.
func (b *bank) grow(r *source, f *field, rounds int) *signal {
	now, next := new(signal), new(signal)
	for i, filter := range f {
		if filter != none {
			now[i] = int32(r.uint64()>>53) - unity
		}
	}
	for range rounds {
		for i, filter := range f {
			if filter != none {
				next[i] = now.filtered(i, &b.kernels[filter])
			}
		}
		now, next = next, now
	}
	return now
}

// filtered returns the response of a filter centred at index i.
func (s *signal) filtered(i int, kernel *[taps * taps]int32) int32 {
	var sum int32
	corner := i - radius*paddedW - radius
	for y := range taps {
		row := s[corner+y*paddedW:][:taps]
		weights := kernel[y*taps:][:taps]
		for x, w := range weights {
			sum += w * row[x]
		}
	}
	return min(max(sum/unity, -unity), unity)
}

// at returns the signal at a point of the grid, 1 on a ridge, bilinear.
func (s *signal) at(p vec) float64 {
	x, y := int(p.x), int(p.y)
	i := (y+radius)*paddedW + x + radius
	u, v := p.x-float64(x), p.y-float64(y)
	return lerp(
		lerp(float64(s[i]), float64(s[i+1]), u),
		lerp(float64(s[i+paddedW]), float64(s[i+paddedW+1]), u), v) / unity
}
