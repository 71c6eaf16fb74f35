package command

import (
	"regexp"
	"strconv"
	"strings"

	"whorl/pipeline/stage"
)

// A command tells its progress by lines such as
//
//	whorl: progress 3/15 loss=0.2 accuracy=0.91
//
// that it writes to its standard output or error.
var progressLine = regexp.MustCompile(`^whorl: progress (\d+)(?:/(\d+))?((?: +[^ =]+=[^ ]+)*) *$`)

// readProgress reads such a line; ok is false for any other.
func readProgress(line string) (p stage.Progress, ok bool) {
	if !strings.HasPrefix(line, "whorl: progress ") {
		return p, false
	}
	m := progressLine.FindStringSubmatch(strings.TrimSuffix(line, "\r"))
	if m == nil {
		return p, false
	}
	var err error
	if p.Done, err = strconv.ParseInt(m[1], 10, 64); err != nil {
		return p, false
	}
	if m[2] != "" {
		if p.Total, err = strconv.ParseInt(m[2], 10, 64); err != nil {
			return p, false
		}
	}
	for _, word := range strings.Fields(m[3]) {
		name, text, _ := strings.Cut(word, "=")
		v, err := parseNumber(text)
		if err != nil {
			return p, false
		}
		p.Values = append(p.Values, stage.NamedValue{Name: name, Value: v})
	}
	return p, true
}
