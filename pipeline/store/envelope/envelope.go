package envelope

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const magic = "whorl "

// A DamagedError says why bytes are not a sound envelope.
type DamagedError struct{ Why string }

func (e *DamagedError) Error() string { return "damaged: " + e.Why }

// A VersionError says that a sound envelope was made by a newer program.
type VersionError struct {
	Kind       string
	Have, Know int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has version %d, and this program reads versions up to %d: use the program that wrote it", e.Kind, e.Have, e.Know)
}

// Encode returns payload in an envelope. The kind is a word; the version
// counts from 1.
func Encode(kind string, version int, payload []byte) []byte {
	head := kind + " " + strconv.Itoa(version)
	b := make([]byte, 0, len(magic)+len(head)+2*sha256.Size+2+len(payload))
	b = append(b, magic...)
	b = append(b, head...)
	b = append(b, ' ')
	sum := digest(head, payload)
	b = hex.AppendEncode(b, sum[:])
	b = append(b, '\n')
	return append(b, payload...)
}

func digest(head string, payload []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	io.WriteString(h, head+"\n")
	h.Write(payload)
	h.Sum(sum[:0])
	return sum
}

// Is reports whether b begins as an envelope does. Files of older stores do
// not.
func Is(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }

// Decode returns the payload of an envelope of the given kind, which shares
// memory with b. The error is a [*DamagedError], or a [*VersionError] if the
// version is greater than newest.
func Decode(b []byte, kind string, newest int) (version int, payload []byte, err error) {
	line, payload, whole := bytes.Cut(b, []byte("\n"))
	words := bytes.Split(line, []byte(" "))
	if !whole || len(words) != 4 || !Is(b) {
		return 0, nil, &DamagedError{"its first line is not \"whorl KIND VERSION DIGEST\""}
	}
	head := string(line[len(magic) : len(line)-len(words[3])-1])
	if sum := digest(head, payload); hex.EncodeToString(sum[:]) != string(words[3]) {
		return 0, nil, &DamagedError{"its checksum does not match its content"}
	}
	if have := string(words[1]); have != kind {
		return 0, nil, &DamagedError{fmt.Sprintf("it is a %s, not a %s", have, kind)}
	}
	version, err = strconv.Atoi(string(words[2]))
	if err != nil || version < 1 {
		return 0, nil, &DamagedError{fmt.Sprintf("version %q", words[2])}
	}
	if version > newest {
		return 0, nil, &VersionError{kind, version, newest}
	}
	return version, payload, nil
}

// Unmarshal decodes one JSON value strictly: an unknown field, or anything
// after the value, is a [*DamagedError].
func Unmarshal(payload []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &DamagedError{err.Error()}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &DamagedError{"something follows its JSON value"}
	}
	return nil
}
