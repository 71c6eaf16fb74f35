// Package splitmix is the mixing function of SplitMix64, from which networks,
// augmentation and synthetic prints derive their counter-based random numbers.
//
// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom
// number generators", OOPSLA 2014.
package splitmix

// Golden is the increment of the counter: 2^64 divided by the golden ratio, odd.
const Golden = 0x9e3779b97f4a7c15

// Mix is the finaliser of SplitMix64, a bijection of uint64. The stream of a
// key is Mix(key + n*Golden) for n = 1, 2, and so on.
func Mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
