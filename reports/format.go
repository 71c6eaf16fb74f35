package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const digits = 4 // significant ones of a figure

// number writes v with four significant digits, more where it would otherwise
// read as exactly 1 without being it (an AUC of 0.99996 is not 1).
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return integer(int64(v))
	}
	a := math.Abs(v)
	if a < 1e-4 || a >= 1e7 {
		return minus(strconv.FormatFloat(v, 'e', digits-1, 64))
	}
	decimals := max(0, digits-1-int(math.Floor(math.Log10(a))))
	if a < 1 {
		decimals = max(decimals, digits)
	}
	for a < 1 && decimals < 12 && math.Round(a*math.Pow10(decimals)) == math.Pow10(decimals) {
		decimals++
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if a >= 1e4 {
		whole, fraction, found := strings.Cut(text, ".")
		text = thousands(whole)
		if found {
			text += "." + fraction
		}
	}
	return minus(text)
}

// percent writes a rate in [0, 1] as percent with two decimals, so that the
// figures of a column compare at a glance: more for very small ones, and where
// it would otherwise read as 0% or 100% without being it.
func percent(v float64) string {
	if !finite(v) {
		return number(v)
	}
	p := v * 100
	if p == 0 || p == 100 {
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	}
	decimals := 2
	for decimals < 10 && (math.Abs(p)*math.Pow10(decimals) < 10 ||
		math.Round(p*math.Pow10(decimals)) == 100*math.Pow10(decimals)) {
		decimals++
	}
	return minus(strconv.FormatFloat(p, 'f', decimals, 64)) + "%"
}

// pvalue writes what a p-value is, with two significant digits: "p = 0.30",
// "p = 0.0042", "p < 0.0001".
func pvalue(p float64) string {
	switch {
	case p < 0.0001:
		return "p < 0.0001"
	case p > 0.995:
		return "p = 1"
	}
	return "p = " + strconv.FormatFloat(p, 'f', 1-int(math.Floor(math.Log10(p))), 64)
}

// integer writes n with its thousands set apart.
func integer(n int64) string { return minus(thousands(strconv.FormatInt(n, 10))) }

func thousands(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if len(s) <= 4 {
		return sign + s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune('\u202f') // narrow no-break space, ISO 80000-1
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// seconds writes a duration: "0.31 s", "42 s", "3 min 05 s", "2 h 07 min".
func seconds(s float64) string {
	switch {
	case math.IsNaN(s) || s < 0:
		return "–"
	case s == 0:
		return "0 s"
	case s < 0.0095:
		return strconv.FormatFloat(s*1000, 'f', 1, 64) + " ms"
	case s < 9.95:
		return strconv.FormatFloat(s, 'f', 2, 64) + " s"
	case s < 59.5:
		return strconv.FormatFloat(s, 'f', 0, 64) + " s"
	}
	d := time.Duration(s * float64(time.Second)).Round(time.Second)
	if d < time.Hour {
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}

// size writes a size in binary units: "359 MiB".
func size(n int64) string {
	v, unit := float64(n), "B"
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if v < 1024 {
			break
		}
		v, unit = v/1024, u
	}
	if unit == "B" || v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64) + " " + unit
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + unit
}

// setting writes a parameter as pipeline.yaml would have it.
func setting(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = setting(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// count writes "1 run", "3 runs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return integer(int64(n)) + " " + noun + "s"
}
