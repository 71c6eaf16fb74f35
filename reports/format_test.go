package reports

import (
	"math"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for _, test := range []struct {
		v    float64
		want string
	}{
		{0, "0"},
		{1, "1"},
		{-3, "−3"},
		{0.98765432, "0.9877"},
		{0.99996, "0.99996"}, // not 1.0000
		{0.9999999, "0.9999999"},
		{0.0123456, "0.01235"},
		{12.3456, "12.35"},
		{0.00001234, "1.234e−05"},
		{3984001, "3\u202f984\u202f001"},
		{12345.678, "12\u202f346"},
		{math.NaN(), "–"},
		{math.Inf(1), "∞"},
		{math.Inf(-1), "−∞"},
	} {
		if got := number(test.v); got != test.want {
			t.Errorf("number(%v) = %q, want %q", test.v, got, test.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		v    float64
		want string
	}{
		{0, "0%"},
		{1, "100%"},
		{0.5, "50.00%"},
		{1 - 0.9, "10.00%"},
		{0.0433333, "4.33%"},
		{0.00012, "0.012%"},
		{0.9999, "99.99%"},
		{0.99999, "99.999%"}, // not 100%
		{math.NaN(), "–"},
	} {
		if got := percent(test.v); got != test.want {
			t.Errorf("percent(%v) = %q, want %q", test.v, got, test.want)
		}
	}
}

func TestPercentIsNeverExactlyAllOrNothingUnlessItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(1e-9, 1-1e-9).Draw(t, "rate")
		if s := percent(v); s == "0%" || s == "100%" || s == "0.00%" || s == "100.00%" {
			t.Fatalf("percent(%v) = %q", v, s)
		}
	})
}

func TestPvalue(t *testing.T) {
	for p, want := range map[float64]string{
		1: "p = 1", 0.9961: "p = 1", 0.295: "p = 0.29", 0.0416: "p = 0.042", 0.00422: "p = 0.0042", 0.00012: "p = 0.00012",
		0.00001: "p < 0.0001", 0: "p < 0.0001",
	} {
		if got := pvalue(p); got != want {
			t.Errorf("pvalue(%g) = %q, want %q", p, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0 s", 0.0012: "1.2 ms", 0.31: "0.31 s", 9.96: "10 s", 42.4: "42 s", 59.7: "1 min 00 s",
		185: "3 min 05 s", 7620: "2 h 07 min", math.NaN(): "–",
	} {
		if got := seconds(v); got != want {
			t.Errorf("seconds(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 359 << 20: "359 MiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSetting(t *testing.T) {
	for _, test := range []struct {
		v    any
		want string
	}{
		{nil, ""},
		{true, "true"},
		{int64(15), "15"},
		{1e-7, "1e-07"},
		{0.1, "0.1"},
		{"post", "post"},
		{[]any{int64(90), 0.5}, "[90, 0.5]"},
	} {
		if got := setting(test.v); got != test.want {
			t.Errorf("setting(%v) = %q, want %q", test.v, got, test.want)
		}
	}
}

func TestShellLine(t *testing.T) {
	if got, want := shellLine([]string{"whorl", "run", "--set", "a.b=it's $5", ""}), `whorl run --set 'a.b=it'\''s $5' ''`; got != want {
		t.Errorf("shellLine = %s, want %s", got, want)
	}
}

func TestEnding(t *testing.T) {
	for _, test := range []struct {
		text  string
		runes int
		want  string
	}{{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "…cd"}, {"日本語の名前", 4, "…の名前"}} {
		if got := ending(test.text, test.runes); got != test.want {
			t.Errorf("ending(%q, %d) = %q, want %q", test.text, test.runes, got, test.want)
		}
	}
}

func TestBriefKeepsRunesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.String().Draw(t, "value")
		if got := brief(parameter{Name: "p"}, v); !utf8.ValidString(got) && utf8.ValidString(v) {
			t.Fatalf("brief(%q) = %q", v, got)
		}
	})
}

// luminance is WCAG's relative luminance of a colour #rrggbb.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		var n int
		for _, c := range colour[1+2*i : 3+2*i] {
			n = n*16 + int(indexOf("0123456789abcdef", c))
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func indexOf(s string, r rune) int {
	for i, c := range s {
		if c == r {
			return i
		}
	}
	return -1
}

func TestPaletteIsSeenOnBothPages(t *testing.T) {
	for _, colour := range append([]string{neutral}, palette...) {
		l := luminance(t, colour)
		for _, page := range []string{"#ffffff", "#14161b"} { // --page in page/style.css
			p := luminance(t, page)
			if ratio := (math.Max(l, p) + 0.05) / (math.Min(l, p) + 0.05); ratio < 3 {
				t.Errorf("%s on %s has a contrast of %.2f, want 3", colour, page, ratio)
			}
		}
	}
}
