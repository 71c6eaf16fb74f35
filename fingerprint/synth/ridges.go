package synth

import "sync"

const (
	orientations = 48   // filters over half a turn
	periods      = 21   // filters over the periods
	shortest     = 3.2  // period of the first of them, pixels
	periodStep   = 0.2  // to the next
	radius       = 8    // of a filter, pixels
	reach        = 1.55 // of a filter, periods
	unity        = 1024 // fixed-point 1.0 of the ridge signal

	taps = 2*radius + 1
	pad  = radius
	// The padded grid on which ridges grow.
	gridW = Width + 2*pad
	gridH = Height + 2*pad
)

// A bank holds the filters: for each orientation and period an even Gabor-like
// kernel, a cosine across the ridges under a round window, with no response to
// a constant. The weights are integers whose absolute values sum to gain.
type bank struct {
	axes    [orientations]vec // unit vectors of twice the angles
	kernels [orientations * periods][taps * taps]int32
}

const gain = 6 * unity

// filters is the bank. It depends on nothing, so one serves all.
var filters = sync.OnceValue(newBank)

func newBank() *bank {
	b := new(bank)
	for o := range orientations {
		turns := float64(o) / (2 * orientations) // half a turn in all
		b.axes[o] = vec{cosine(2 * turns), cosine(2*turns - 0.25)}
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
	extent := min(reach*period, radius+0.5)
	for i := range wave {
		d := vec{float64(i%taps - radius), float64(i/taps - radius)}
		r := d.dot(d) / (extent * extent)
		if r >= 1 {
			continue
		}
		window[i] = (1 - r) * (1 - r)
		wave[i] = window[i] * cosine(d.dot(across)/period)
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

// A field says which filter serves each pixel of the padded grid; -1 where no
// ridges are wanted.
type field [gridW * gridH]int16

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

// grow lets ridges grow from noise: each round filters the signal and limits
// it to ±unity. The signal is positive on ridges.
func (b *bank) grow(r *source, f *field, rounds int) []int32 {
	signal := make([]int32, gridW*gridH)
	for i := range signal {
		signal[i] = int32(r.uint64()>>53) - unity
	}
	next := make([]int32, len(signal))
	for range rounds {
		for y := pad; y < gridH-pad; y++ {
			for x := pad; x < gridW-pad; x++ {
				i := y*gridW + x
				if f[i] >= 0 {
					next[i] = b.respond(&b.kernels[f[i]], signal, i)
				}
			}
		}
		signal, next = next, signal
	}
	return signal
}

func (b *bank) respond(kernel *[taps * taps]int32, signal []int32, at int) int32 {
	var sum int32
	corner := at - radius*gridW - radius
	for ky := range taps {
		row := signal[corner+ky*gridW:][:taps]
		weights := kernel[ky*taps:][:taps]
		for kx, w := range weights {
			sum += w * row[kx]
		}
	}
	return min(max(sum/unity, -unity), unity)
}
