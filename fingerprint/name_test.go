package fingerprint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseName(t *testing.T) {
	for _, c := range []struct {
		name       string
		label      Label
		alteration Alteration
	}{
		{"1__M_Left_index_finger.BMP", Label{1, 0, 0, 1}, ""},
		{"600__F_Right_little_finger.BMP", Label{600, 1, 1, 4}, ""},
		{"001__M_Left_index_finger_CR.BMP", Label{1, 0, 0, 1}, "CR"},
		{"12__F_Left_thumb_finger_Obl.bmp", Label{12, 1, 0, 0}, "Obl"},
		{"12__F_Right_middle_finger_Zcut.Bmp", Label{12, 1, 1, 2}, "Zcut"},
		{"001__M_Left_index_SWarp.BMP", Label{1, 0, 0, 1}, "SWarp"},
		{"7__M_Right_ring.BMP", Label{7, 0, 1, 3}, ""},
		{"65535__M_Right_ring_finger_v2-b.BMP", Label{65535, 0, 1, 3}, "v2-b"},
	} {
		l, a, err := ParseName(c.name)
		if err != nil || l != c.label || a != c.alteration {
			t.Errorf("%s: %v %q %v, want %v %q", c.name, l, a, err, c.label, c.alteration)
		}
	}
}

func TestParseNameErrors(t *testing.T) {
	for name, want := range map[string]string{
		"":                                    `character 1: expected a subject number, found the end of the name`,
		"Thumbs.db":                           `character 1: expected a subject number, found "Thumbs.db"`,
		"65536__M_Left_index_finger.BMP":      `character 1: expected a subject number up to 65535`,
		"1_M_Left_index_finger.BMP":           `character 2: expected "__" after the subject`,
		"1__X_Left_index_finger.BMP":          `character 4: expected gender (M, F) followed by "_", found "X_Left`,
		"1__M_left_index_finger.BMP":          `character 6: expected hand (Left, Right) followed`,
		"1__M_Left_pinky_finger.BMP":          `character 11: expected finger (thumb, index, middle, ring, little) followed`,
		"1__M_Left_indexfinger.BMP":           `character 11: expected finger`,
		"1__M_Left_index_finger_.BMP":         `character 24: expected an alteration`,
		"1__M_Left_index_finger_CR":           `character 26: expected ".BMP", found the end`,
		"1__M_Left_index_finger_CR.png":       `character 26: expected ".BMP", found ".png"`,
		"1__M_Left_index_finger_CR_2.BMP":     `character 26: expected ".BMP", found "_2.BMP"`,
		"1__M_Left_index_finger.BMP ":         `character 23: expected ".BMP"`,
		"Real/1__M_Left_index_finger.BMP":     `character 1: expected a subject number`,
		"-1__M_Left_index_finger.BMP":         `character 1: expected a subject number`,
		"1__M_Left_index_fing\u00e9r_CR.BMP":  `expected ".BMP"`,
		"99999999999999999999__M_Left_ring.B": `up to 65535`,
	} {
		_, _, err := ParseName(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", name, err, want)
		}
	}
}

func labels() *rapid.Generator[Label] {
	return rapid.Custom(func(t *rapid.T) Label {
		return Label{
			Subject: rapid.Uint16().Draw(t, "subject"),
			Gender:  rapid.Uint8Range(0, 1).Draw(t, "gender"),
			Hand:    rapid.Uint8Range(0, 1).Draw(t, "hand"),
			Finger:  rapid.Uint8Range(0, 4).Draw(t, "finger"),
		}
	})
}

func TestNameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := labels().Draw(t, "label")
		a := Alteration(rapid.StringMatching(`([A-Za-z0-9-]{1,8})?`).Draw(t, "alteration"))
		name := FormatName(l, a)
		gotLabel, gotAlteration, err := ParseName(name)
		if err != nil || gotLabel != l || gotAlteration != a {
			t.Fatalf("%s: %v %q %v, want %v %q", name, gotLabel, gotAlteration, err, l, a)
		}
	})
}

// Different fingers have different numbers; the gender has no say.
func TestIdentityNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := labels().Draw(t, "a"), labels().Draw(t, "b")
		b.Subject = a.Subject + uint16(rapid.IntRange(0, 1).Draw(t, "further"))
		same := a.Subject == b.Subject && a.Hand == b.Hand && a.Finger == b.Finger
		if (a.Identity().Number() == b.Identity().Number()) != same {
			t.Fatalf("%v is number %d, %v is %d", a, a.Identity().Number(), b, b.Identity().Number())
		}
	})
}

func TestRowRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := labels().Draw(t, "label")
		if got, err := FromRow(l.Row()); err != nil || got != l {
			t.Fatalf("%v became %v, %v", l, got, err)
		}
	})
	for _, row := range [][4]uint16{{1, 2, 0, 0}, {1, 0, 2, 0}, {1, 0, 0, 5}} {
		if _, err := FromRow(row); err == nil {
			t.Errorf("row %v is taken for a label", row)
		}
	}
}

// What ParseName takes, FormatName spells in one way, which means the same.
func FuzzParseName(f *testing.F) {
	f.Add("001__M_Left_index_finger_CR.BMP")
	f.Add("001__M_Left_index_SWarp.bmp")
	f.Add("1__X_Left_index_finger.BMP")
	f.Fuzz(func(t *testing.T, name string) {
		l, a, err := ParseName(name)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "name ") {
				t.Errorf("error does not give the name: %v", err)
			}
			return
		}
		again, b, err := ParseName(FormatName(l, a))
		if err != nil || again != l || b != a {
			t.Errorf("%q: %v %q, formatted and parsed: %v %q %v", name, l, a, again, b, err)
		}
	})
}

func TestSubsets(t *testing.T) {
	if Real.Admits("") != nil || Hard.Admits("CR") != nil {
		t.Error("a print is refused where it belongs")
	}
	for _, s := range []Subset{Easy, Medium, Hard} {
		if Real.Admits("CR") == nil || Real.Admits("SWarp") == nil || s.Admits("") == nil {
			t.Error("a print is admitted where it does not belong")
		}
	}
	if got := Medium.Dir() + " " + Medium.String(); got != "Altered/Altered-Medium medium" {
		t.Error(got)
	}
}
