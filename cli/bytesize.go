package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A byteSize is the value of a flag: a number of bytes, with a unit if need be.
type byteSize int64

// byteUnits are the units of IEC 80000-13 and of the SI. Longer ones come first.
var byteUnits = []struct {
	name  string
	bytes float64
}{
	{"TiB", 1 << 40},
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
	{"TB", 1e12},
	{"GB", 1e9},
	{"MB", 1e6},
	{"kB", 1e3},
	{"B", 1},
}

// Set implements pflag.Value.
func (b *byteSize) Set(text string) error {
	number, unit := text, 1.0
	for _, u := range byteUnits {
		if n, ok := strings.CutSuffix(text, u.name); ok {
			number, unit = strings.TrimSpace(n), u.bytes
			break
		}
	}
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || !(x > 0) || x*unit < 1 || x*unit >= math.MaxInt64 {
		return fmt.Errorf("want a positive size such as 20GiB or 500MB")
	}
	*b = byteSize(x * unit)
	return nil
}

func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return size(int64(*b))
}

// Type implements pflag.Value.
func (b *byteSize) Type() string { return "size" }
