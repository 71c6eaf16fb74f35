package query

import (
	"fmt"
	"slices"
	"strings"
)

// A Field is something that a row may have.
type Field struct {
	Name  string // canonical, e.g. "evaluate.eer"
	Title string // for people, e.g. "Equal error rate"; may be empty
}

// Fields are what a query may name.
type Fields []Field

// Resolve returns the canonical name of a field: see the package. The error
// says which are near, or which the name could mean.
func (fs Fields) Resolve(name string) (string, error) { return fs.resolve(name) }

// resolve returns the canonical name that a name stands for.
func (fs Fields) resolve(name string) (string, error) {
	matches := func(match func(Field) bool) (found []string) {
		for _, f := range fs {
			if match(f) && !slices.Contains(found, f.Name) {
				found = append(found, f.Name)
			}
		}
		return found
	}
	same := func(a, b string) bool { return strings.EqualFold(a, b) }
	for _, match := range []func(Field) bool{
		func(f Field) bool { return f.Name == name },
		func(f Field) bool { return same(f.Name, name) },
		func(f Field) bool { return f.Title != "" && same(f.Title, name) },
		func(f Field) bool { // all but the stage
			_, rest, ok := strings.Cut(f.Name, ".")
			return ok && same(rest, name)
		},
		func(f Field) bool { return strings.HasSuffix(strings.ToLower(f.Name), "."+strings.ToLower(name)) },
	} {
		switch found := matches(match); {
		case len(found) == 1:
			return found[0], nil
		case len(found) > 1:
			return "", fmt.Errorf("%q is ambiguous: %s", name, strings.Join(found, ", "))
		}
	}
	return "", fs.unknown(name)
}

// unknown is the error for a name, with the nearest ones.
func (fs Fields) unknown(name string) error {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, f := range fs {
		short := f.Name[strings.LastIndex(f.Name, ".")+1:]
		d := min(distance(strings.ToLower(name), strings.ToLower(f.Name)), distance(strings.ToLower(name), strings.ToLower(short)))
		if d <= 1+len(name)/4 {
			near = append(near, candidate{f.Name, d})
		}
	}
	if len(near) == 0 {
		return fmt.Errorf("unknown field %q", name)
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.distance - b.distance })
	return fmt.Errorf("unknown field %q (did you mean %q?)", name, near[0].name)
}

// Complete returns the canonical names, and the unique short ones, that begin
// with a prefix; letter case does not count.
func (fs Fields) Complete(prefix string) []string {
	var names []string
	prefix = strings.ToLower(prefix)
	for _, f := range fs {
		for _, name := range []string{f.Name, f.Name[strings.LastIndex(f.Name, ".")+1:]} {
			if _, err := fs.resolve(name); err == nil && strings.HasPrefix(strings.ToLower(name), prefix) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// distance is the number of single-character edits between two words
// (Levenshtein 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
