package synth

import "whorl/internal/splitmix"

// A source is a stream of random numbers with a purpose: SplitMix64, whose state
// is a counter.
type source struct{ state uint64 }

// newSource returns the stream of the given purpose and numbers. Different
// names give unrelated streams, independent of draws from others.
func newSource(purpose string, numbers ...uint64) *source {
	h := uint64(len(purpose))
	for i := range len(purpose) {
		h = splitmix.Mix(h + splitmix.Golden + uint64(purpose[i]))
	}
	for _, n := range numbers {
		h = splitmix.Mix(h + splitmix.Golden + splitmix.Mix(n+splitmix.Golden))
	}
	return &source{h}
}

func (s *source) uint64() uint64 {
	s.state += splitmix.Golden
	return splitmix.Mix(s.state)
}

// uniform returns a number in [lo, hi).
func (s *source) uniform(lo, hi float64) float64 {
	u := float64(float64(s.uint64()>>11) / (1 << 53))
	return lo + float64(u*(hi-lo))
}

// normal returns a number of mean 0 and deviation 1, within ±3.5: the sum of
// four uniform ones, which needs no logarithm. Multiples of it go through
// around.
func (s *source) normal() float64 {
	u := s.uint64()
	sum := u&0xffff + u>>16&0xffff + u>>32&0xffff + u>>48
	return (float64(sum) - 2*0xffff) / 37837.2 // 65536 / sqrt(3)
}

// around returns a number of the given mean and deviation.
func (s *source) around(mean, deviation float64) float64 {
	return mean + float64(deviation*s.normal())
}

// chance is true with probability p.
func (s *source) chance(p float64) bool { return s.uniform(0, 1) < p }
