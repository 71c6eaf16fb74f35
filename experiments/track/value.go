package track

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Text returns the value as --set takes it: as YAML on one line that has the
// same value and type.
func (p Param) Text() (string, error) { return encodeValue(p.Value) } // JSON is YAML

// encodeValue writes a parameter's value as JSON in which a float always has
// a point or an exponent, so that 1.0 does not come back as the integer 1.
// JSON has no infinities or NaN: they are written as 9e999, -9e999 and null.
func encodeValue(v any) (string, error) {
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(rv.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(rv.Int(), 10), nil
	case reflect.Float32, reflect.Float64:
		return encodeFloat(rv.Float()), nil
	case reflect.String:
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(rv.String())
		return strings.TrimSuffix(b.String(), "\n"), err
	case reflect.Slice, reflect.Array:
		parts := make([]string, rv.Len())
		for i := range parts {
			var err error
			if parts[i], err = encodeValue(rv.Index(i).Interface()); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(parts, ",") + "]", nil
	}
	return "", fmt.Errorf("a parameter cannot be a %T", v)
}

func encodeFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "null"
	case math.IsInf(f, 1):
		return "9e999"
	case math.IsInf(f, -1):
		return "-9e999"
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// decodeValue is the inverse of encodeValue, but for the element type of a
// slice: it returns a bool, int64, float64, string or []any of those.
func decodeValue(s string) (any, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("parameter value %q: %w", s, err)
	}
	return fromJSON(v)
}

func fromJSON(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return math.NaN(), nil
	case json.Number:
		if strings.ContainsAny(v.String(), ".e") {
			f, err := v.Float64()
			if math.IsInf(f, 0) {
				err = nil // 9e999
			}
			return f, err
		}
		return v.Int64()
	case []any:
		for i := range v {
			var err error
			if v[i], err = fromJSON(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
