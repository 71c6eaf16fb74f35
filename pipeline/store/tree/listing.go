package tree

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// A Mode is what an entry of a tree is.
type Mode byte

// The modes of an entry. No other permission is part of a tree's content.
const (
	Regular    Mode = 'f'
	Executable Mode = 'x'
	Folder     Mode = 'd'
)

func (m Mode) String() string {
	switch m {
	case Regular:
		return "file"
	case Executable:
		return "executable file"
	case Folder:
		return "directory"
	}
	return fmt.Sprintf("mode %q", byte(m))
}

// ID identifies content of a mode: files that may be executed, others and
// directories differ even where their digests are equal.
func ID(m Mode, digest string) string { return string([]byte{byte(m), ' '}) + digest }

// An Entry is a file or folder of a tree.
type Entry struct {
	Path   string // relative to the root, with slashes; empty for a root that is a file
	Mode   Mode
	Size   int64  // of a file
	Digest Digest // of a file's content; zero for a folder
	stat   stat
	open   bool // somebody had the file open for writing when it was read
}

// A Listing is what is in a directory, sorted by path.
type Listing []Entry

// Text returns the listing as lines "MODE DIGEST SIZE PATH". The digest of a
// directory is the digest of this text.
func (l Listing) Text() []byte {
	n := 0
	for i := range l {
		n += len(l[i].Path) + 80
	}
	text := make([]byte, 0, n)
	for i := range l {
		text = l[i].append(text)
	}
	return text
}

const hexDigits = "0123456789abcdef"

func (e *Entry) append(b []byte) []byte {
	b = append(b, byte(e.Mode), ' ')
	if e.Mode == Folder {
		b = append(b, "- 0 "...)
	} else {
		for _, x := range e.Digest {
			b = append(b, hexDigits[x>>4], hexDigits[x&15])
		}
		b = append(b, ' ')
		b = strconv.AppendInt(b, e.Size, 10)
		b = append(b, ' ')
	}
	if plain(e.Path) {
		b = append(b, e.Path...)
	} else {
		b = strconv.AppendQuote(b, e.Path)
	}
	return append(b, '\n')
}

// plain reports whether a path is unambiguous as it stands on a line.
func plain(path string) bool {
	for i := 0; i < len(path); i++ {
		if c := path[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			return false
		}
	}
	return true
}

// ParseListing reads what [Listing.Text] wrote.
func ParseListing(text []byte) (Listing, error) {
	l := make(Listing, 0, bytes.Count(text, []byte("\n")))
	for n := 1; len(text) > 0; n++ {
		line, rest, ok := bytes.Cut(text, []byte("\n"))
		if !ok {
			return nil, fmt.Errorf("tree listing: line %d is cut short", n)
		}
		text = rest
		e, err := parseEntry(string(line))
		if err != nil {
			return nil, fmt.Errorf("tree listing: line %d: %w", n, err)
		}
		if len(l) > 0 && l[len(l)-1].Path >= e.Path {
			return nil, fmt.Errorf("tree listing: line %d: %q is out of order", n, e.Path)
		}
		l = append(l, e)
	}
	return l, nil
}

func parseEntry(line string) (Entry, error) {
	var e Entry
	f := strings.SplitN(line, " ", 4)
	if len(f) != 4 || len(f[0]) != 1 || f[3] == "" {
		return e, fmt.Errorf("want MODE DIGEST SIZE PATH, have %q", line)
	}
	e.Mode, e.Path = Mode(f[0][0]), f[3]
	if e.Path[0] == '"' {
		path, err := strconv.Unquote(e.Path)
		if err != nil {
			return e, fmt.Errorf("path %s: %w", e.Path, err)
		}
		e.Path = path
	}
	switch e.Mode {
	case Folder:
		return e, nil
	case Regular, Executable:
	default:
		return e, fmt.Errorf("unknown mode %q", f[0])
	}
	var err error
	if e.Digest, err = ParseDigest(f[1]); err != nil {
		return e, err
	}
	e.Size, err = strconv.ParseInt(f[2], 10, 64)
	return e, err
}

// Bytes returns the size of all files together.
func (l Listing) Bytes() int64 {
	var n int64
	for i := range l {
		n += l[i].Size
	}
	return n
}

// Changes are the differences between two listings, as paths in order.
type Changes struct {
	Added, Removed, Changed []string
}

// Diff returns how new differs from old. Both are sorted.
func Diff(old, new Listing) Changes {
	var c Changes
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(new) == 0 || len(old) > 0 && old[0].Path < new[0].Path:
			c.Removed = append(c.Removed, old[0].Path)
			old = old[1:]
		case len(old) == 0 || new[0].Path < old[0].Path:
			c.Added = append(c.Added, new[0].Path)
			new = new[1:]
		default:
			if old[0].Mode != new[0].Mode || old[0].Digest != new[0].Digest {
				c.Changed = append(c.Changed, new[0].Path)
			}
			old, new = old[1:], new[1:]
		}
	}
	return c
}
