package quality

import (
	"image"
	"math"
)

// A plane is a grey image in numbers.
type plane struct {
	w, h int
	v    []float64
}

func newPlane(g *image.Gray) *plane {
	b := g.Bounds()
	p := &plane{w: b.Dx(), h: b.Dy(), v: make([]float64, b.Dx()*b.Dy())}
	for y := range p.h {
		for x := range p.w {
			p.v[y*p.w+x] = float64(g.Pix[g.PixOffset(b.Min.X+x, b.Min.Y+y)])
		}
	}
	return p
}

// half returns the image at half its resolution.
func (p *plane) half() *plane {
	q := &plane{w: p.w / 2, h: p.h / 2}
	q.v = make([]float64, q.w*q.h)
	for y := range q.h {
		for x := range q.w {
			at := 2*y*p.w + 2*x
			q.v[y*q.w+x] = (p.v[at] + p.v[at+1] + p.v[at+p.w] + p.v[at+p.w+1]) / 4
		}
	}
	return q
}

// deviation is the standard deviation of the grey.
func (p *plane) deviation() float64 {
	var sum, squares float64
	for _, v := range p.v {
		sum += v
	}
	mean := sum / float64(len(p.v))
	for _, v := range p.v {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(p.v)))
}

// minShare is the share of a window's energy that the peak of ridges has at
// least, and minAmplitude the standard deviation of its grey.
const (
	minShare     = 0.5
	minAmplitude = 4.0
)

// tables of the transform: cosines, sines, and the window of Hann.
var cosine, sine, hann = func() (c, s, h [window]float64) {
	for i := range window {
		s[i], c[i] = math.Sincos(2 * math.Pi * float64(i) / window)
		h[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/window)
	}
	return
}()

// half of the frequencies of a window: those of rows from 0, of columns all.
const frequencies = window/2 + 1

// wave looks at the window whose top left is (x0, y0).
func (p *plane) wave(x0, y0 int) (wave, bool) {
	power, energy := p.spectrum(x0, y0)
	if energy < minAmplitude*minAmplitude {
		return wave{}, false
	}
	var best, total float64
	var by, bx int
	for ky := range frequencies {
		for kx := range window {
			if ky == 0 && kx > window/2 || ky == window/2 && kx > window/2 {
				continue // the mirror of another
			}
			total += power[ky][kx]
			if power[ky][kx] > best {
				best, by, bx = power[ky][kx], ky, kx
			}
		}
	}
	if r := distance(by, bx); r < window/longest || r > window/shortest {
		return wave{}, false
	}
	peak := 0.0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			ky, kx := by+dy, (bx+dx+window)%window
			if ky >= 0 && ky < frequencies {
				peak += power[ky][kx]
			}
		}
	}
	angle := 2 * math.Atan2(float64(by), float64(signed(bx)))
	w := wave{period: window / distance(by, bx)}
	w.sin, w.cos = math.Sincos(angle)
	return w, peak >= minShare*total
}

// spectrum returns the power at half of the frequencies, [row][column], and
// the variance of the grey in the window.
func (p *plane) spectrum(x0, y0 int) (power [frequencies][window]float64, variance float64) {
	var v [window][window]float64
	var sum, weights float64
	for y := range window {
		for x := range window {
			h := hann[y] * hann[x]
			sum += h * p.v[(y0+y)*p.w+x0+x]
			weights += h
		}
	}
	mean := sum / weights
	for y := range window {
		for x := range window {
			d := p.v[(y0+y)*p.w+x0+x] - mean
			variance += hann[y] * hann[x] * d * d / weights
			v[y][x] = hann[y] * hann[x] * d
		}
	}
	var re, im [frequencies][window]float64 // down the columns
	for k := range frequencies {
		for y := range window {
			c, s := cosine[k*y%window], sine[k*y%window]
			for x := range window {
				re[k][x] += c * v[y][x]
				im[k][x] -= s * v[y][x]
			}
		}
	}
	for ky := range frequencies {
		for kx := range window {
			var a, b float64
			for x := range window {
				c, s := cosine[kx*x%window], sine[kx*x%window]
				a += c*re[ky][x] + s*im[ky][x]
				b += c*im[ky][x] - s*re[ky][x]
			}
			power[ky][kx] = a*a + b*b
		}
	}
	power[0][0] = 0
	return power, variance
}

// signed is the frequency of column kx, negative in the upper half.
func signed(kx int) int {
	if kx > window/2 {
		return kx - window
	}
	return kx
}

// distance is the frequency of a wave, in waves a window.
func distance(ky, kx int) float64 { return math.Hypot(float64(ky), float64(signed(kx))) }
