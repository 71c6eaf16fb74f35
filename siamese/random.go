package siamese

import (
	"math/bits"

	"whorl/internal/splitmix"
)

// A stream is a sequence of random numbers that is a function of its key. Its values are SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014) with the position as counter,
// so that each can be computed without those before it.
type stream struct{ key, next uint64 }

// newStream derives a stream from a seed, a purpose, and counters such as
// the epoch and the sample.
func newStream(seed uint64, purpose string, counters ...uint64) stream {
	key := splitmix.Mix(seed + splitmix.Golden)
	for i := range len(purpose) {
		key = splitmix.Mix(key ^ uint64(purpose[i]) + splitmix.Golden)
	}
	for _, c := range counters {
		key = splitmix.Mix(key ^ splitmix.Mix(c+splitmix.Golden) + splitmix.Golden)
	}
	return stream{key: key}
}

func (s *stream) uint64() uint64 {
	s.next++
	return splitmix.Mix(s.key + s.next*splitmix.Golden)
}

// intn returns a number in [0, n), each as likely as the others (Lemire: Fast
// random integer generation in an interval, TOMACS 2019).
func (s *stream) intn(n int) int {
	bound := uint64(n)
	hi, lo := bits.Mul64(s.uint64(), bound)
	if lo < bound {
		for low := -bound % bound; lo < low; {
			hi, lo = bits.Mul64(s.uint64(), bound)
		}
	}
	return int(hi)
}

// float returns a number in [0, 1) with 24 random bits, exact in float32.
func (s *stream) float() float32 { return float32(s.uint64()>>40) / (1 << 24) }

// shuffle permutes the numbers (Fisher-Yates).
func (s *stream) shuffle(x []int32) {
	for i := len(x) - 1; i > 0; i-- {
		j := s.intn(i + 1)
		x[i], x[j] = x[j], x[i]
	}
}
