package siamese

import "math/bits"

// A stream is a sequence of random numbers that depends on nothing but its
// key. Its values are SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014) with the position as counter,
// so that any of them can be had without those before it.
type stream struct{ key, next uint64 }

const golden = 0x9e3779b97f4a7c15

// newStream derives a stream from a seed, what it is for, and counters such as
// the epoch and the sample.
func newStream(seed uint64, purpose string, counters ...uint64) stream {
	key := mix(seed + golden)
	for i := range len(purpose) {
		key = mix(key ^ uint64(purpose[i]) + golden)
	}
	for _, c := range counters {
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

func (s *stream) uint64() uint64 {
	s.next++
	return mix(s.key + s.next*golden)
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
