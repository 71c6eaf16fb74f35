package track

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestEncodeValue(t *testing.T) {
	for _, c := range []struct {
		in   any
		text string
		out  any
	}{
		{true, "true", true},
		{15, "15", int64(15)},
		{int64(math.MinInt64), "-9223372036854775808", int64(math.MinInt64)},
		{1.0, "1.0", 1.0},
		{1e-7, "1e-07", 1e-7},
		{math.Inf(1), "9e999", math.Inf(1)},
		{math.Inf(-1), "-9e999", math.Inf(-1)},
		{math.NaN(), "null", math.NaN()},
		{"a<b>\n\"", `"a<b>\n\""`, "a<b>\n\""},
		{[]float64{1, 0.5}, "[1.0,0.5]", []any{1.0, 0.5}},
		{[2]int{90, 90}, "[90,90]", []any{int64(90), int64(90)}},
		{[]string{}, "[]", []any{}},
	} {
		text, err := encodeValue(c.in)
		if err != nil || text != c.text {
			t.Errorf("%#v: %s, %v, want %s", c.in, text, err, c.text)
		}
		out, err := decodeValue(text)
		if diff := cmp.Diff(c.out, out, cmpopts.EquateNaNs()); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestFloatsComeBackBitForBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		text, err := encodeValue(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeValue(text)
		if err != nil {
			t.Fatal(err)
		}
		if g, ok := got.(float64); !ok || math.Float64bits(g) != math.Float64bits(f) && !math.IsNaN(f) {
			t.Fatalf("%v -> %s -> %v", f, text, got)
		}
	})
}
