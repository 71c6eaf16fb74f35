package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns the text of a value: JSON, but for a string that is not UTF-8
// and for a float64 that is not finite. The former is quoted as in Go, and the
// latter is NaN, +Inf or -Inf, since JSON has no form for them. Text panics if v is of another type.
func Text(v any) string {
	return string(appendText(nil, v))
}

// Same reports whether two values have the same type and are equal.
func Same(a, b any) bool { return Text(a) == Text(b) }

func appendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendFloat(b, v)
	case string:
		return appendString(b, v)
	case []bool:
		return appendList(b, v)
	case []int64:
		return appendList(b, v)
	case []float64:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []any:
		return appendList(b, v)
	}
	panic(fmt.Sprintf("value: a parameter is of type %T", v))
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, v)
	}
	return append(b, ']')
}

// appendFloat writes the shortest decimal that is read as the same number,
// without an exponent from 1e-6 up to 1e21, as ECMAScript does.
func appendFloat(b []byte, x float64) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return strconv.AppendFloat(b, x, 'g', -1, 64)
	}
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, x, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, x, 'f', -1, 64)
	if !bytes.ContainsRune(b[start:], '.') {
		b = append(b, ".0"...)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		return strconv.AppendQuote(b, s)
	}
	if !strings.ContainsFunc(s, escaped) {
		return append(append(append(b, '"'), s...), '"')
	}
	w := bytes.NewBuffer(b)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string can be encoded
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n"))
}

// escaped reports whether JSON may write a character as an escape sequence.
func escaped(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// Parse reads the JSON of a value as Text and json.Marshal write it: a number
// without point and exponent is an int64 if it fits into one, and any other
// number a float64.
func Parse(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows after the value")
	}
	return fromJSON(v)
}

func fromJSON(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			if i, err := v.Int64(); err == nil {
				return i, nil
			}
		}
		return v.Float64()
	case []any:
		for i := range v {
			var err error
			if v[i], err = fromJSON(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		return nil, errors.New("a value is a scalar or a list, not an object")
	}
	return v, nil
}

// JSON returns the JSON of a value from which Parse reads it again. A byte
// sequence that is not UTF-8 becomes U+FFFD.
func JSON(v any) []byte {
	if s, ok := v.(string); ok {
		v = strings.ToValidUTF8(s, "\ufffd")
	}
	return appendText(nil, v)
}
