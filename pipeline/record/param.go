package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"whorl/pipeline/value"
)

// A Param is a resolved parameter.
type Param struct {
	Name  string
	Value any // bool, int64, float64, string or []any of those: see [Normal]
}

// Normal turns a list of one type into a []any, so that the value is the same
// before it is recorded and after.
func Normal(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case []bool:
		return list(v)
	case []int64:
		return list(v)
	case []float64:
		return list(v)
	case []string:
		return list(v)
	}
	return v
}

func list[T any](vs []T) []any {
	l := make([]any, len(vs))
	for i, v := range vs {
		l[i] = v
	}
	return l
}

// Text is the value as --set takes it, of which type and value can be told.
func (p Param) Text() string { return value.Text(p.Value) }

// MarshalJSON writes an integer without a point and a float64 with one. For
// floats that JSON does not have it writes {"float": "NaN"}.
func (p Param) MarshalJSON() ([]byte, error) {
	name, err := json.Marshal(p.Name)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"Name":`), name...)
	b = append(b, `,"Value":`...)
	b = append(b, EncodeValue(p.Value)...)
	return append(b, '}'), nil
}

// EncodeValue returns the JSON of a value, from which [ParseValue] reads it with
// its type.
func EncodeValue(v any) []byte { return appendValue(nil, v) }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Appendf(b, `{"float":%q}`, strconv.FormatFloat(v, 'g', -1, 64))
		}
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, x)
		}
		return append(b, ']')
	}
	return append(b, value.JSON(Normal(v))...)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (p *Param) UnmarshalJSON(b []byte) error {
	var raw struct {
		Name  string
		Value json.RawMessage
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return err
	}
	v, err := ParseValue(raw.Value)
	if err != nil {
		return fmt.Errorf("parameter %q: %w", raw.Name, err)
	}
	*p = Param{raw.Name, v}
	return nil
}

// ParseValue is the inverse of EncodeValue.
func ParseValue(b []byte) (any, error) {
	switch {
	case bytes.HasPrefix(b, []byte("[")):
		var parts []json.RawMessage
		if err := json.Unmarshal(b, &parts); err != nil {
			return nil, err
		}
		l := make([]any, len(parts))
		for i, part := range parts {
			var err error
			if l[i], err = ParseValue(part); err != nil {
				return nil, err
			}
		}
		return l, nil
	case bytes.HasPrefix(b, []byte("{")):
		var f map[string]string
		if err := json.Unmarshal(b, &f); err != nil {
			return nil, err
		}
		x, err := strconv.ParseFloat(f["float"], 64)
		if err != nil || len(f) != 1 {
			return nil, fmt.Errorf("%s is not a value", b)
		}
		return x, nil
	case len(b) == 0:
		return nil, fmt.Errorf("it has no value")
	}
	return value.Parse(b)
}

// Param returns the value of a parameter; ok is false if it is missing.
func (s *Stage) Param(name string) (v any, ok bool) {
	for _, p := range s.Params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return nil, false
}
