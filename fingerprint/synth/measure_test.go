package synth

import (
	"image"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// stats are what makes a print look like one, within the frame.
type stats struct {
	period    float64 // median distance of the ridges, pixels
	coherence float64 // mean of the structure tensor's anisotropy, 0 to 1
	ink       float64 // share of pixels darker than mid-grey
}

func measure(g *image.Gray) stats {
	return stats{period(g), coherence(g), ink(g)}
}

func ink(g *image.Gray) float64 {
	dark, n := 0, 0
	eachPixel(func(x, y int) {
		n++
		if g.GrayAt(x, y).Y < 128 {
			dark++
		}
	})
	return float64(dark) / float64(n)
}

// coherence is the mean over 12x12 blocks of
// |(Gxx-Gyy, 2Gxy)| / (Gxx+Gyy) (Bazen and Gerez, "Systematic methods for the
// computation of the directional fields", PAMI 24, 2002), of central
// differences; blocks with less than a fifth of ink are no print and left out.
func coherence(g *image.Gray) float64 {
	const block = 12
	var sum float64
	var n int
	for y0 := frameBefore + 1; y0+block < bottom-1; y0 += block {
		for x0 := frameBefore + 1; x0+block < right-1; x0 += block {
			var xx, yy, xy float64
			var dark int
			for y := y0; y < y0+block; y++ {
				for x := x0; x < x0+block; x++ {
					gx := float64(g.GrayAt(x+1, y).Y) - float64(g.GrayAt(x-1, y).Y)
					gy := float64(g.GrayAt(x, y+1).Y) - float64(g.GrayAt(x, y-1).Y)
					xx, yy, xy = xx+gx*gx, yy+gy*gy, xy+gx*gy
					if g.GrayAt(x, y).Y < 128 {
						dark++
					}
				}
			}
			if dark*5 < block*block || xx+yy == 0 {
				continue
			}
			sum += math.Hypot(xx-yy, 2*xy) / (xx + yy)
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// period is the median over 32x32 Hann windows, 12 pixels apart and with a
// quarter of ink at least, of the reciprocal of the strongest frequency
// between 1/9 and 1/2.2 a pixel, refined by the centroid of its neighbours.
func period(g *image.Gray) float64 {
	const size, step = 32, 12
	fft := fourier.NewCmplxFFT(size)
	var found []float64
	for y0 := frameBefore; y0+size <= bottom; y0 += step {
		for x0 := frameBefore; x0+size <= right; x0 += step {
			w := g.SubImage(image.Rect(x0, y0, x0+size, y0+size)).(*image.Gray)
			if p, ok := windowPeriod(w, fft); ok {
				found = append(found, p)
			}
		}
	}
	if len(found) == 0 {
		return 0
	}
	slices.Sort(found)
	return found[len(found)/2]
}

// windowPeriod returns the period of one window, or false if it has too little
// ink to tell.
func windowPeriod(g *image.Gray, fft *fourier.CmplxFFT) (float64, bool) {
	size := fft.Len()
	var mean float64
	dark := 0
	for y := range size {
		for _, v := range g.Pix[y*g.Stride:][:size] {
			mean += float64(v) / float64(size*size)
			if v < 128 {
				dark++
			}
		}
	}
	if dark*4 < size*size {
		return 0, false
	}
	hann := func(i int) float64 { return 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(size)) }
	rows := make([][]complex128, size)
	for y := range rows {
		rows[y] = make([]complex128, size)
		for x := range rows[y] {
			rows[y][x] = complex((float64(g.Pix[y*g.Stride+x])-mean)*hann(x)*hann(y), 0)
		}
	}
	spectrum := transform(fft, transform(fft, rows))
	power := func(u, v int) float64 {
		a := cmplx.Abs(spectrum[(v+size)%size][(u+size)%size])
		return a * a
	}
	var pu, pv int
	best := 0.0
	for u := 0; u < size/2; u++ {
		for v := -size / 2; v < size/2; v++ {
			f := math.Hypot(float64(u), float64(v)) / float64(size)
			if f < 1.0/9 || f > 1/2.2 {
				continue
			}
			if p := power(u, v); p > best {
				best, pu, pv = p, u, v
			}
		}
	}
	var cu, cv, sum float64
	for u := pu - 1; u <= pu+1; u++ {
		for v := pv - 1; v <= pv+1; v++ {
			p := power(u, v)
			cu, cv, sum = cu+p*float64(u), cv+p*float64(v), sum+p
		}
	}
	return float64(size) * sum / math.Hypot(cu, cv), true
}

// transform returns the Fourier transform of the rows, transposed.
func transform(fft *fourier.CmplxFFT, rows [][]complex128) [][]complex128 {
	out := make([][]complex128, len(rows))
	for i := range out {
		out[i] = make([]complex128, len(rows))
	}
	for y, row := range rows {
		for x, c := range fft.Coefficients(nil, row) {
			out[x][y] = c
		}
	}
	return out
}
