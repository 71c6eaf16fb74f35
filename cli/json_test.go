package cli

import (
	"bytes"
	"math"
	"testing"
)

// TestNumber checks that a metric which JSON cannot carry is null rather than
// the end of the whole object, and that others keep every digit.
func TestNumber(t *testing.T) {
	var out bytes.Buffer
	err := writeJSON(&out, []number{1, 0.1, 1e-300, number(math.NaN()), number(math.Inf(-1))})
	const want = "[\n  1,\n  0.1,\n  1e-300,\n  null,\n  null\n]\n"
	if err != nil || out.String() != want {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
