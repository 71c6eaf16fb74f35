package imaging

// A stream is a sequence of random numbers that is a pure function of its key:
// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, OOPSLA 2014) with the position as counter.
type stream struct{ key, position uint64 }

// golden is 2^64 divided by the golden ratio, odd: SplitMix64's increment.
const golden = 0x9e3779b97f4a7c15

// purpose separates what augmentation draws from what others draw from the
// same seed: "augment" in ASCII.
const purpose = 0x6175676d656e74

// newStream is the stream of one sample in one epoch.
func newStream(seed, epoch, sample uint64) stream {
	key := mix(seed + golden)
	for _, c := range [...]uint64{purpose, epoch, sample} {
		key = mix(key ^ mix(c+golden) + golden)
	}
	return stream{key: key}
}

// mix is the finaliser of SplitMix64, a bijection of uint64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (s *stream) next() uint64 {
	s.position++
	return mix(s.key + s.position*golden)
}

// uniform draws from [lo, hi), or is lo if they are equal. Whatever the
// bounds, one number is taken from the stream.
func (s *stream) uniform(lo, hi float64) float64 {
	u := float64(s.next()>>11) / (1 << 53)
	return lo + float64(u*(hi-lo))
}

// coin is true half the time.
func (s *stream) coin() bool { return s.next()>>63 == 1 }
