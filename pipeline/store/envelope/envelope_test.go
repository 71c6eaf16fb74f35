package envelope

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, payload := range []string{"", "{}\n", "a\nb", "\x00\xff"} {
		b := Encode("manifest", 2, []byte(payload))
		version, got, err := Decode(b, "manifest", 3)
		if err != nil || version != 2 || string(got) != payload {
			t.Errorf("%q: %d, %q, %v", payload, version, got, err)
		}
		if !Is(b) {
			t.Errorf("%q does not begin as an envelope", b)
		}
	}
}

// TestEveryBit flips every bit, and cuts after every byte: each is damage.
func TestEveryBit(t *testing.T) {
	b := Encode("run", 1, []byte("{\"ID\": \"r1\"}\n"))
	for i := range 8 * len(b) {
		c := bytes.Clone(b)
		c[i/8] ^= 1 << (i % 8)
		expectDamage(t, c)
	}
	for i := range b {
		expectDamage(t, b[:i])
	}
	expectDamage(t, append(b, 'x'))
}

func expectDamage(t *testing.T, b []byte) {
	t.Helper()
	_, payload, err := Decode(b, "run", 1)
	var damaged *DamagedError
	if !errors.As(err, &damaged) || payload != nil {
		t.Errorf("%q: payload %q, error %v", b, payload, err)
	}
}

func TestOtherKindAndVersion(t *testing.T) {
	_, _, err := Decode(Encode("run", 1, nil), "manifest", 1)
	if err == nil || !strings.Contains(err.Error(), "it is a run, not a manifest") {
		t.Errorf("another kind: %v", err)
	}
	_, _, err = Decode(Encode("run", 3, nil), "run", 2)
	var version *VersionError
	if !errors.As(err, &version) || version.Have != 3 || version.Know != 2 {
		t.Errorf("a newer version: %v", err)
	}
}

func TestUnmarshal(t *testing.T) {
	var v struct{ A int }
	if err := Unmarshal([]byte("{\"A\": 3}\n"), &v); err != nil || v.A != 3 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, bad := range []string{"", "{", "[]", "{\"B\": 1}", "{\"A\": \"x\"}", "{\"A\": 1} {}", "{\"A\": 1}]"} {
		var damaged *DamagedError
		if err := Unmarshal([]byte(bad), &v); !errors.As(err, &damaged) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode("run", 1, []byte("{}")))
	f.Add([]byte("whorl run 1 \n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		version, payload, err := Decode(b, "run", 1)
		if err == nil && !bytes.Equal(Encode("run", version, payload), b) {
			t.Errorf("%q is accepted and is not what Encode writes", b)
		}
	})
}
