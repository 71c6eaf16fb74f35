package cli

import "testing"

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"20GiB": 20 << 30, "1.5 MiB": 3 << 19, "500MB": 500e6, "7": 7, "8B": 8, "2kB": 2000, "1TiB": 1 << 40,
	} {
		var b byteSize
		if err := b.Set(text); err != nil || b != want {
			t.Errorf("%q: %d, %v, want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "-1GiB", "0", "0.1B", "NaN", "1e30TiB", "20 gigabytes", "1G"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q was read as %d", text, b)
		}
	}
}
