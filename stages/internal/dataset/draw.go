package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// Order returns the items in a random order. Every item has a ticket, a digest
// of (seed, purpose, item), and the lowest ticket comes first: whether one item
// comes before another depends on no third item and not on the order given.
func Order(seed uint64, purpose string, items []int) []int {
	type ticket struct {
		digest [sha256.Size]byte
		item   int
	}
	tickets := make([]ticket, len(items))
	key := binary.LittleEndian.AppendUint64(nil, seed)
	key = append(key, purpose...)
	key = append(key, 0)
	for i, item := range items {
		tickets[i] = ticket{sha256.Sum256(binary.LittleEndian.AppendUint64(key, uint64(item))), item}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	ordered := make([]int, len(items))
	for i := range ordered {
		ordered[i] = tickets[i].item
	}
	return ordered
}

// Draw draws k of the items at random, the first k of their [Order], and
// returns them in ascending order. So a larger k draws the same items and
// more. It panics unless 0 <= k <= len(from).
func Draw(seed uint64, purpose string, from []int, k int) []int {
	if k < 0 || k > len(from) {
		panic(fmt.Sprintf("dataset: draw %d of %d", k, len(from)))
	}
	drawn := Order(seed, purpose, from)[:k]
	slices.Sort(drawn)
	return drawn
}

// Without returns the items that are not among the drawn ones; both ascend.
func Without(items, drawn []int) []int {
	rest := make([]int, 0, len(items)-len(drawn))
	for _, item := range items {
		if len(drawn) > 0 && drawn[0] == item {
			drawn = drawn[1:]
			continue
		}
		rest = append(rest, item)
	}
	return rest
}

// Count returns 0, 1, ..., n-1.
func Count(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
