package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"whorl/pipeline/stage"
)

// ReadMetrics reads a JSON object of numbers and of further such objects, whose
// names are joined by dots. NaN, Infinity and -Infinity are numbers, as Python
// writes them. The metrics come in the order of the file. An error tells the
// position in the file of the given name.
func ReadMetrics(file string, text []byte) ([]stage.Metric, error) {
	r := &metricReader{file: file, text: strings.TrimPrefix(string(text), "\ufeff"), seen: map[string]bool{}}
	r.space()
	err := r.object("")
	if r.space(); err == nil && r.i < len(r.text) {
		err = r.fail("more follows after the object")
	}
	if err != nil {
		return nil, err
	}
	return r.metrics, nil
}

// A metricReader reads JSON as far as metrics need it.
type metricReader struct {
	file    string
	text    string
	i       int
	depth   int
	seen    map[string]bool
	metrics []stage.Metric
}

// maxDepth bounds how deep objects lie in each other.
const maxDepth = 100

func (r *metricReader) fail(format string, args ...any) error {
	return failAt(r.file, r.text, r.i, format, args...)
}

// failAt returns an error at the i-th byte of a text.
func failAt(file, text string, i int, format string, args ...any) error {
	before := text[:min(i, len(text))]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("%s:%d:%d: %s", file, line, column, fmt.Sprintf(format, args...))
}

func (r *metricReader) space() {
	for r.i < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.i]) >= 0 {
		r.i++
	}
}

// take skips space and a character, if it comes next.
func (r *metricReader) take(c byte) bool {
	r.space()
	if r.i < len(r.text) && r.text[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *metricReader) object(prefix string) error {
	if !r.take('{') {
		return r.fail("want an object of numbers, such as {\"rmse\": 0.12}")
	}
	if r.depth++; r.depth > maxDepth {
		return r.fail("objects lie in each other more than %d deep", maxDepth)
	}
	defer func() { r.depth-- }()
	if r.take('}') {
		return nil
	}
	for {
		r.space()
		at := r.i
		name, err := r.string()
		if err != nil {
			return err
		}
		if prefix != "" {
			name = prefix + "." + name
		}
		if problem := checkName(name); problem != "" {
			r.i = at
			return r.fail("%s", problem)
		}
		if !r.take(':') {
			return r.fail("want a colon")
		}
		r.space()
		if strings.HasPrefix(r.text[r.i:], "{") {
			err = r.object(name)
		} else {
			err = r.number(name, at)
		}
		if err != nil {
			return err
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return r.fail("want a comma or }")
		}
	}
}

// checkName says what is wrong with the name of a metric.
func checkName(name string) string {
	switch {
	case name == "" || strings.HasSuffix(name, "."):
		return "a metric has no name"
	case len(name) > 200:
		return "the name of a metric is longer than 200 bytes"
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }):
		return fmt.Sprintf("the name of a metric has a character that does not print: %q", name)
	}
	return ""
}

// string reads a JSON string.
func (r *metricReader) string() (string, error) {
	if !strings.HasPrefix(r.text[r.i:], `"`) {
		return "", r.fail("want a name in double quotes")
	}
	for end := r.i + 1; end < len(r.text) && r.text[end] != '\n'; end++ {
		switch r.text[end] {
		case '\\':
			end++
		case '"':
			s, err := unquote(r.text[r.i : end+1])
			if err != nil {
				return "", r.fail("%v", err)
			}
			r.i = end + 1
			return s, nil
		}
	}
	return "", r.fail("the name has no closing quote")
}

func (r *metricReader) number(name string, at int) error {
	end := r.i
	for end < len(r.text) && strings.IndexByte(" \t\r\n,}]{[:\"", r.text[end]) < 0 {
		end++
	}
	word := r.text[r.i:end]
	v, err := parseNumber(word)
	if err != nil {
		if word == "" {
			word = r.text[r.i:min(r.i+1, len(r.text))]
		}
		return r.fail("metric %q: want a number, not %s", name, shown(word))
	}
	if r.seen[name] {
		r.i = at
		return r.fail("metric %q is given twice", name)
	}
	r.seen[name] = true
	r.metrics = append(r.metrics, stage.Metric{Name: name, Step: stage.NoStep, Value: v})
	r.i = end
	return nil
}

func shown(word string) string {
	switch word {
	case "":
		return "the end of the file"
	case "[":
		return "a list"
	case `"`:
		return "a string"
	}
	return word
}

var errNumber = errors.New("not a number")

// parseNumber reads a decimal number, nan or an infinity, in any spelling of
// these that Python, R and C write.
func parseNumber(s string) (float64, error) {
	switch strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")) {
	case "nan", "na":
		return math.NaN(), nil
	case "inf", "infinity":
		if s[0] == '-' {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	}
	if strings.ContainsAny(s, "xX_pP") { // Go's own
		return 0, errNumber
	}
	v, err := strconv.ParseFloat(s, 64)
	if math.IsInf(v, 0) {
		return 0, errNumber
	}
	return v, err
}

// unquote reads a JSON string.
func unquote(s string) (string, error) {
	var v string
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return "", errors.New("the name is not a JSON string")
	}
	return v, nil
}
