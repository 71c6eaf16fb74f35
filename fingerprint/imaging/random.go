package imaging

import "whorl/internal/splitmix"

// A stream is a sequence of random numbers that is a pure function of its key:
// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, OOPSLA 2014) with the position as counter.
type stream struct{ key, position uint64 }

// purpose separates the random numbers of augmentation from others of the same
// seed: "augment" in ASCII.
const purpose = 0x6175676d656e74

// newStream is the stream of one sample in one epoch.
func newStream(seed, epoch, sample uint64) stream {
	key := splitmix.Mix(seed + splitmix.Golden)
	for _, c := range [...]uint64{purpose, epoch, sample} {
		key = splitmix.Mix(key ^ splitmix.Mix(c+splitmix.Golden) + splitmix.Golden)
	}
	return stream{key: key}
}

func (s *stream) next() uint64 {
	s.position++
	return splitmix.Mix(s.key + s.position*splitmix.Golden)
}

// uniform draws from [lo, hi), or is lo if they are equal. It always takes one
// number from the stream.
func (s *stream) uniform(lo, hi float64) float64 {
	u := float64(s.next()>>11) / (1 << 53)
	return lo + float64(u*(hi-lo))
}

// coin is true half the time.
func (s *stream) coin() bool { return s.next()>>63 == 1 }
