package value_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"whorl/pipeline/value"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{true, "true"},
		{int64(1), "1"},
		{1.0, "1.0"},
		{math.Copysign(0, -1), "-0.0"},
		{0.1, "0.1"},
		{1e8, "100000000.0"},
		{1e21, "1e+21"},
		{1e-7, "1e-07"},
		{math.NaN(), "NaN"},
		{math.Inf(-1), "-Inf"},
		{"a<b", `"a<b"`},
		{"\xff", `"\xff"`},
		{`\xff`, `"\\xff"`},
		{[]int64{1, 2}, "[1,2]"},
		{[]float64{1, 2}, "[1.0,2.0]"},
		{[]any{"x", int64(1), 1.0, []string{"y"}}, `["x",1,1.0,["y"]]`},
		{[]string{}, "[]"},
		{nil, "null"},
	} {
		if got := value.Text(c.v); got != c.want {
			t.Errorf("Text(%#v) = %s, want %s", c.v, got, c.want)
		}
	}
}

// scalar draws a value that JSON can hold.
var scalar = rapid.OneOf(
	rapid.Map(rapid.Bool(), func(v bool) any { return v }),
	rapid.Map(rapid.Int64(), func(v int64) any { return v }),
	rapid.Map(rapid.Float64(), func(v float64) any { return v }),
	rapid.Map(rapid.String(), func(v string) any { return v }),
)

// Every value is read as it was written, by Parse and, up to the type of
// numbers, by encoding/json.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v any = scalar.Draw(t, "scalar")
		if rapid.Bool().Draw(t, "list") {
			v = rapid.SliceOf(scalar).Draw(t, "elements")
		}
		text := value.Text(v)
		if string(value.JSON(v)) != text {
			t.Fatalf("JSON is %s and Text is %s", value.JSON(v), text)
		}
		got, err := value.Parse([]byte(text))
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Fatalf("%#v is read from %s as %#v, %v", v, text, got, err)
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("not JSON: %s", text)
		}
	})
}

func TestParseErrors(t *testing.T) {
	for _, text := range []string{"", "1 2", "{}", "[{}]", "1e999", "x"} {
		if v, err := value.Parse([]byte(text)); err == nil {
			t.Errorf("%q was read as %#v", text, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[1, 1.0, "x", true, null, 1e3]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := value.Parse(text)
		if err != nil {
			return
		}
		again, err := value.Parse(value.JSON(v))
		if err != nil || value.Text(again) != value.Text(v) {
			t.Errorf("%q: %#v became %#v, %v", text, v, again, err)
		}
	})
}
