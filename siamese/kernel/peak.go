package kernel

// Peak does n rounds of fused multiply-adds in as many independent chains as
// hide their latency, without touching memory, and returns how many it did.
// Timed, it gives the rate that the family in use could reach at most, against
// which a benchmark in the same run can hold a kernel's.
func Peak(n int) int { return active.peak(n) }

func peakScalar(n int) int {
	sums, factors := wide{}, wide{}
	for i := range factors {
		sums[i], factors[i] = 1, 0.5
	}
	for range n {
		sums.add(0.5, &factors)
	}
	return n * tile
}
