package biometrics

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// An Accumulator counts scores in the bins of a fine histogram, where there
// are too many to keep. Its bins are the float32 numbers that agree in sign,
// exponent and the first Bits bits of the mantissa, so that the width of a bin
// is at most 2^-Bits of the score, or 2^-126 if that is more.
//
// What it says is exact at the edge of a bin: the score of a pair is replaced
// by the lower edge of its bin, which changes no decision at a threshold that
// is an edge. Counts are whole numbers, so that neither the order of additions
// nor the way in which accumulators are merged matters. Memory grows with the
// range of the scores, not with their number: 16 bytes a bin, by pages of a
// power of two of the score.
//
// Feed it log odds (the logits of a network) rather than probabilities, of
// which those near 1 are all alike.
type Accumulator struct {
	mantissa int
	pages    [1 << 9][]bin // by sign and exponent, in the order of the scores

	genuines, impostors int
	unfit               int // NaN or infinite
}

type bin struct{ genuine, impostor int }

// FineBits and CoarseBits are resolutions for the scores of an experiment and
// for those of each of its subjects: 6e-5 and 2e-2 of a score.
const (
	FineBits   = 14
	CoarseBits = 6
)

// mantissaBits are those of a float32.
const mantissaBits = 23

// maxBits bounds the memory of a page to 1 MiB.
const maxBits = 16

// NewAccumulator returns an empty accumulator whose bins are 2^-resolution of a
// score wide, resolution from 0 to 16.
func NewAccumulator(resolution int) *Accumulator {
	if resolution < 0 || resolution > maxBits {
		panic("biometrics: NewAccumulator: resolution outside of 0..16")
	}
	return &Accumulator{mantissa: resolution}
}

// Bits returns the resolution.
func (a *Accumulator) Bits() int { return a.mantissa }

// Add counts the score of a pair. A score that is not finite makes
// [Accumulator.Scores] fail.
func (a *Accumulator) Add(score float32, genuine bool) {
	key := orderedKey(score)
	page := key >> mantissaBits
	if page == 0 || page == 1<<9-1 { // the exponents of NaN and infinity
		a.unfit++
		return
	}
	if a.pages[page] == nil {
		a.pages[page] = make([]bin, 1<<a.mantissa)
	}
	c := &a.pages[page][key&(1<<mantissaBits-1)>>(mantissaBits-a.mantissa)]
	if genuine {
		c.genuine++
		a.genuines++
	} else {
		c.impostor++
		a.impostors++
	}
}

// orderedKey maps float32 to uint32 so that the order of keys is that of the
// numbers; both zeros have one key.
func orderedKey(x float32) uint32 {
	b := math.Float32bits(x + 0)
	if b>>31 == 1 {
		return ^b
	}
	return b | 1<<31
}

// keyed is the inverse of orderedKey.
func keyed(key uint32) float32 {
	if key>>31 == 1 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}

// Edge returns the lower edge of a score's bin: the threshold nearest to it
// from below at which decisions are counted exactly.
func (a *Accumulator) Edge(score float32) float32 {
	drop := mantissaBits - a.mantissa
	return keyed(orderedKey(score) >> drop << drop)
}

// Above returns the lower edge of the bin that follows a score's.
func (a *Accumulator) Above(score float32) float32 {
	drop := mantissaBits - a.mantissa
	return keyed((orderedKey(score)>>drop + 1) << drop)
}

// Genuines returns the number of genuine pairs.
func (a *Accumulator) Genuines() int { return a.genuines }

// Impostors returns the number of impostor pairs.
func (a *Accumulator) Impostors() int { return a.impostors }

// Merge adds what b has counted. Both have the same resolution.
func (a *Accumulator) Merge(b *Accumulator) { a.combine(b, 1) }

// Remove takes away what b has counted, which must be part of what a has.
func (a *Accumulator) Remove(b *Accumulator) { a.combine(b, -1) }

func (a *Accumulator) combine(b *Accumulator, sign int) {
	if a.mantissa != b.mantissa {
		panic("biometrics: Accumulator: different resolutions")
	}
	for p, page := range b.pages {
		if page == nil {
			continue
		}
		if a.pages[p] == nil {
			a.pages[p] = make([]bin, 1<<a.mantissa)
		}
		for i, c := range page {
			a.pages[p][i].genuine += sign * c.genuine
			a.pages[p][i].impostor += sign * c.impostor
		}
	}
	a.genuines += sign * b.genuines
	a.impostors += sign * b.impostors
	a.unfit += sign * b.unfit
}

// Coarse returns what an accumulator of a lower resolution would have counted.
func (a *Accumulator) Coarse(resolution int) *Accumulator {
	if resolution > a.mantissa {
		panic("biometrics: Accumulator.Coarse: a higher resolution")
	}
	out := NewAccumulator(resolution)
	out.genuines, out.impostors, out.unfit = a.genuines, a.impostors, a.unfit
	for p, page := range a.pages {
		if page == nil {
			continue
		}
		out.pages[p] = make([]bin, 1<<resolution)
		for i, c := range page {
			o := &out.pages[p][i>>(a.mantissa-resolution)]
			o.genuine += c.genuine
			o.impostor += c.impostor
		}
	}
	return out
}

// Scores returns the scores that were counted, each as the lower edge of its
// bin. It fails if there are none, or if one was NaN or infinite.
func (a *Accumulator) Scores() (*Scores, error) {
	if a.unfit > 0 {
		return nil, fmt.Errorf("%d of %d scores are not finite numbers", a.unfit, a.unfit+a.genuines+a.impostors)
	}
	if a.genuines+a.impostors == 0 {
		return nil, errors.New("no scores")
	}
	s := &Scores{genuines: a.genuines, impostors: a.impostors}
	for p, page := range a.pages {
		for i, c := range page {
			if c != (bin{}) {
				key := uint32(p)<<mantissaBits | uint32(i)<<(mantissaBits-a.mantissa)
				s.value = append(s.value, float64(keyed(key)))
				s.genuine = append(s.genuine, c.genuine)
				s.impostor = append(s.impostor, c.impostor)
			}
		}
	}
	return s, nil
}

// AUCError returns how far the AUC of [Accumulator.Scores] may be from that of
// the scores themselves: half the share of genuine and impostor pairs that fell
// into one bin. It is NaN unless there are both.
func (a *Accumulator) AUCError() float64 {
	if a.genuines == 0 || a.impostors == 0 {
		return math.NaN()
	}
	var hi, lo uint64 // the products may not fit 64 bits
	for _, page := range a.pages {
		for _, c := range page {
			h, l := bits.Mul64(uint64(c.genuine), uint64(c.impostor))
			var carry uint64
			lo, carry = bits.Add64(lo, l, 0)
			hi += h + carry
		}
	}
	shared := math.Ldexp(float64(hi), 64) + float64(lo)
	return shared / 2 / (float64(a.genuines) * float64(a.impostors))
}

// EERBounds returns the rates between which the equal error rate of the scores
// themselves lies: the curves run through the exact rates at the edges of the
// bin in which they meet. Both are NaN unless there are both genuine and impostor pairs.
func (a *Accumulator) EERBounds() (Interval, error) {
	s, err := a.Scores()
	if err != nil {
		return Interval{}, err
	}
	if s.genuines == 0 || s.impostors == 0 {
		return Interval{math.NaN(), math.NaN()}, nil
	}
	points := s.OperatingPoints()
	for i := 1; ; i++ { // ends at the latest at the last point: FMR 1, FNMR 0
		if p := points[i]; excess(p) >= 0 {
			before := points[i-1]
			return Interval{max(before.FMR(), p.FNMR()), min(p.FMR(), before.FNMR())}, nil
		}
	}
}
