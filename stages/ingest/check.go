package ingest

import (
	"fmt"
	"strconv"
	"strings"

	"whorl/fingerprint"
)

// A reject is a file that was refused.
type reject struct {
	File   string `json:"file"` // path in the tree
	Reason string `json:"reason"`

	// Follows says that the file is refused only because its real print is.
	Follows bool `json:"follows,omitempty"`
}

// rejected says that files were refused, all of them.
type rejected struct {
	rejects []reject
	files   int // in the tree
	remedy  string
}

// Error lists the files that are at fault. Altered prints that were refused
// with their real one are only counted: repairing that image repairs them all.
func (e *rejected) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d files were refused; %s:", len(e.rejects), e.files, e.remedy)
	followers := 0
	for _, r := range e.rejects {
		if r.Follows {
			followers++
			continue
		}
		fmt.Fprintf(&b, "\n  %s: %s", plain(r.File), r.Reason)
	}
	if followers > 0 {
		fmt.Fprintf(&b, "\n  and the altered prints of these: %d", followers)
	}
	return b.String()
}

// plain returns a file's name, in quotes if it would upset a terminal.
func plain(name string) string {
	if q := strconv.Quote(name); q != `"`+name+`"` {
		return q
	}
	return name
}

// errFollows is the reason to refuse an altered print whose real one was.
type errFollows struct{ real string }

func (e errFollows) Error() string { return "its real print " + e.real + " was refused" }

// An impression is one print: in a subset no two files may show the same.
type impression struct {
	fingerprint.Identity
	alteration fingerprint.Alteration
}

// A checker judges files by their names, subset after subset, Real first.
type checker struct {
	seen   map[impression]string // file names of this subset
	real   map[fingerprint.Identity]realPrint
	intact map[string]bool // file names in Real that were decoded
}

// A realPrint is the file that shows a finger in Real.
type realPrint struct {
	name  string
	label fingerprint.Label
}

func newChecker() *checker {
	return &checker{real: make(map[fingerprint.Identity]realPrint), intact: make(map[string]bool)}
}

// subset begins the next subset.
func (c *checker) subset() { c.seen = make(map[impression]string) }

// check returns why a file cannot be taken, judging by its name.
func (c *checker) check(s fingerprint.Subset, name string) error {
	label, alteration, err := fingerprint.ParseName(name)
	if err != nil {
		return err
	}
	if err := s.Admits(alteration); err != nil {
		return err
	}
	i := impression{label.Identity(), alteration}
	if first, ok := c.seen[i]; ok {
		return fmt.Errorf("shows the same print as %s (%s); keep one of them", first, label)
	}
	c.seen[i] = name
	if s == fingerprint.Real {
		c.real[i.Identity] = realPrint{name, label}
		return nil
	}
	switch r, ok := c.real[i.Identity]; {
	case !ok:
		return fmt.Errorf("its real print is missing: want %s", inTree(fingerprint.Real, fingerprint.FormatName(label, "")))
	case !c.intact[r.name]:
		return errFollows{inTree(fingerprint.Real, r.name)}
	case r.label != label:
		return fmt.Errorf("its real print %s is of the other gender", inTree(fingerprint.Real, r.name))
	}
	return nil
}

// taken records that a file passed and was decoded.
func (c *checker) taken(s fingerprint.Subset, name string) {
	if s == fingerprint.Real {
		c.intact[name] = true
	}
}
