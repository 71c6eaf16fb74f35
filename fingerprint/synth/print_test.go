package synth

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"image"
	"os"
	"strings"
	"testing"

	"whorl/fingerprint"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The digests in testdata/digests.txt are the same on every machine. They were
// found equal with GOARCH=amd64 and 386 and with GOAMD64=v1 and v3.
func TestDigests(t *testing.T) {
	var b strings.Builder
	add := func(what string, g *image.Gray) {
		fmt.Fprintf(&b, "%x %s\n", sha256.Sum256(g.Pix), what)
	}
	for _, seed := range []uint64{1, 1 << 63} {
		for _, id := range []fingerprint.Identity{
			{Subject: 1}, {Subject: 1, Hand: 1, Finger: 4}, {Subject: 2, Finger: 2}, {Subject: 65535, Hand: 1, Finger: 1},
		} {
			print := Print(seed, id)
			add(fmt.Sprint(seed, " ", id), print)
			for _, a := range alterations {
				for _, l := range levels {
					add(fmt.Sprint(seed, " ", id, " ", a, " ", l), Alter(print, seed, id, a, l))
				}
			}
		}
	}
	const golden = "testdata/digests.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("pixels differ from %s; if that is meant, run go test -update, and expect every cached result to be stale. Got:\n%s", golden, &b)
	}
}

func TestPrintDependsOnAll(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, seed := range []uint64{1, 2} {
		for subject := range uint16(2) {
			for hand := range uint8(2) {
				for finger := range uint8(5) {
					id := fingerprint.Identity{Subject: 1 + subject, Hand: hand, Finger: finger}
					g := Print(seed, id)
					name := fmt.Sprint(seed, id)
					if other, ok := seen[string(g.Pix)]; ok {
						t.Errorf("%s is the same print as %s", name, other)
					}
					seen[string(g.Pix)] = name
					if finger == 0 && !bytes.Equal(Print(seed, id).Pix, g.Pix) {
						t.Errorf("%s differs from itself", name)
					}
				}
			}
		}
	}
}

// SOCOFing's frame is the same around each of its prints.
func TestFrame(t *testing.T) {
	g := Print(3, fingerprint.Identity{Subject: 1})
	for _, c := range []struct {
		x, y int
		want uint8
	}{
		{0, 0, 160},
		{50, 0, 160},
		{0, 50, 160},
		{91, 0, 160},
		{0, 98, 160},
		{1, 1, 105},
		{50, 1, 105},
		{1, 50, 105},
		{91, 1, 105},
		{1, 98, 105},
		{92, 0, 0},
		{95, 50, 0},
		{0, 99, 0},
		{50, 102, 0},
		{95, 102, 0},
	} {
		if got := g.GrayAt(c.x, c.y).Y; got != c.want {
			t.Errorf("pixel (%d, %d) is %d, want %d", c.x, c.y, got, c.want)
		}
	}
	files := socofing(t, "Real/*.BMP")
	real := readBMP(t, files[0])
	for y := range Height {
		for x := range Width {
			if inside := x >= frameBefore && y >= frameBefore && x < right && y < bottom; !inside && real.GrayAt(x, y) != g.GrayAt(x, y) {
				t.Fatalf("pixel (%d, %d) is %d, in %s %d", x, y, g.GrayAt(x, y).Y, files[0], real.GrayAt(x, y).Y)
			}
		}
	}
}

func TestGender(t *testing.T) {
	women := 0
	for s := range uint16(2000) {
		g := Gender(1, s)
		if g > 1 || g != Gender(1, s) {
			t.Fatalf("subject %d: gender %d", s, g)
		}
		women += int(g)
	}
	if women < 330 || women > 490 {
		t.Errorf("%d women of 2000, want about 410", women)
	}
}

func BenchmarkPrint(b *testing.B) {
	filters()
	for i := 0; b.Loop(); i++ {
		Print(1, identity(i))
	}
}
