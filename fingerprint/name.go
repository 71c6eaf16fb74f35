package fingerprint

import (
	"fmt"
	"strconv"
	"strings"
)

// NameForm is the form of a file name, for error messages and help.
const NameForm = "SUBJECT__G_Hand_finger[_finger][_ALTERATION].BMP, like 12__F_Left_index_finger_CR.BMP"

// An Alteration is the tag of what was done to a print, such as "CR"; it is
// empty for a real one.
type Alteration string

// The alterations of SOCOFing. Other data sets of its form have others.
const (
	CentralRotation Alteration = "CR"
	Obliteration    Alteration = "Obl"
	ZCut            Alteration = "Zcut"
)

// ParseName parses the name of an image file, without folders. The subject
// may have leading zeros, the word "finger" may be left out, the alteration
// may be any tag of letters, digits and hyphens, and only the extension may
// be in either case. An error says at which character what was expected.
func ParseName(name string) (Label, Alteration, error) {
	p := parser{name: name}
	l := Label{
		Subject: p.subject(),
		Gender:  p.one("gender", genders[:], "_"),
		Hand:    p.one("hand", hands[:], "_"),
		Finger:  p.one("finger", fingers[:], "_."),
	}
	p.literal("_finger")
	a := p.alteration()
	p.extension()
	if p.err != nil {
		return Label{}, "", p.err
	}
	return l, a, nil
}

// FormatName returns the name of the file that shows the finger, in SOCOFing's
// own spelling. ParseName takes it apart again.
func FormatName(l Label, a Alteration) string {
	name := fmt.Sprintf("%d__%s_%s_%s_finger", l.Subject, genders[l.Gender], hands[l.Hand], fingers[l.Finger])
	if a != "" {
		name += "_" + string(a)
	}
	return name + ".BMP"
}

// A parser reads a name from left to right and keeps the first error.
type parser struct {
	name string
	at   int // bytes read
	err  error
}

func (p *parser) rest() string { return p.name[p.at:] }

func (p *parser) fail(want string) {
	if p.err != nil {
		return
	}
	got := "the end of the name"
	if p.rest() != "" {
		got = strconv.Quote(p.rest())
	}
	p.err = fmt.Errorf("name %q: character %d: expected %s, found %s (want %s)", p.name, p.at+1, want, got, NameForm)
}

// subject reads digits and the two underscores after them.
func (p *parser) subject() uint16 {
	digits := p.name[:len(p.name)-len(strings.TrimLeft(p.name, "0123456789"))]
	if digits == "" {
		p.fail("a subject number")
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		p.fail("a subject number up to 65535")
		return 0
	}
	p.at = len(digits)
	if !p.literal("__") {
		p.fail(`"__" after the subject`)
	}
	return uint16(n)
}

// one reads one of the given words and returns which. A character of ends has
// to follow; an underscore among them is read with the word if it is the only
// one.
func (p *parser) one(what string, words []string, ends string) uint8 {
	if p.err != nil {
		return 0
	}
	for i, w := range words {
		after, ok := strings.CutPrefix(p.rest(), w)
		if !ok || after == "" || !strings.Contains(ends, after[:1]) {
			continue
		}
		p.at += len(w)
		if ends == "_" {
			p.at++
		}
		return uint8(i)
	}
	p.fail(fmt.Sprintf("%s (%s) followed by %q", what, strings.Join(words, ", "), ends[:1]))
	return 0
}

// literal reads s if it comes next and tells whether it did.
func (p *parser) literal(s string) bool {
	if p.err != nil || !strings.HasPrefix(p.rest(), s) {
		return false
	}
	p.at += len(s)
	return true
}

// alteration reads the tag between an underscore and the extension.
func (p *parser) alteration() Alteration {
	if !p.literal("_") {
		return ""
	}
	n := strings.IndexFunc(p.rest(), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
	if n < 0 {
		n = len(p.rest())
	}
	if n == 0 {
		p.fail("an alteration of letters and digits")
		return ""
	}
	a := Alteration(p.rest()[:n])
	p.at += n
	return a
}

func (p *parser) extension() {
	if !strings.EqualFold(p.rest(), ".BMP") {
		p.fail(`".BMP"`)
	}
}
