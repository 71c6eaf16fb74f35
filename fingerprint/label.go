package fingerprint

import "fmt"

// A Label is what the name of an image says of the finger that it shows. The
// numbers are those of the y arrays: gender M 0, F 1; hand Left 0, Right 1;
// finger thumb 0, index 1, middle 2, ring 3, little 4.
type Label struct {
	Subject              uint16
	Gender, Hand, Finger uint8
}

// Names of the numbers in a Label, as they stand in file names.
var (
	genders = [...]string{"M", "F"}
	hands   = [...]string{"Left", "Right"}
	fingers = [...]string{"thumb", "index", "middle", "ring", "little"}
)

// An Identity is one finger of one subject: what two images of a genuine pair
// have in common.
type Identity struct {
	Subject      uint16
	Hand, Finger uint8
}

// Number numbers the fingers of all subjects through, ten a subject.
func (i Identity) Number() uint32 {
	return uint32(i.Subject)*10 + uint32(i.Hand)*5 + uint32(i.Finger)
}

// Identity returns which finger it is.
func (l Label) Identity() Identity { return Identity{l.Subject, l.Hand, l.Finger} }

// Row returns the label as a row of a y array: subject, gender, hand, finger.
func (l Label) Row() [4]uint16 {
	return [4]uint16{l.Subject, uint16(l.Gender), uint16(l.Hand), uint16(l.Finger)}
}

// FromRow returns the label that a row of a y array stands for.
func FromRow(row [4]uint16) (Label, error) {
	for i, most := range [...]int{len(genders), len(hands), len(fingers)} {
		if int(row[i+1]) >= most {
			return Label{}, fmt.Errorf("label %v: column %d is %d, want less than %d", row, i+1, row[i+1], most)
		}
	}
	return Label{row[0], uint8(row[1]), uint8(row[2]), uint8(row[3])}, nil
}

// String describes the finger for people: "subject 12, F, left index".
func (l Label) String() string {
	hand := [...]string{"left", "right"}
	return fmt.Sprintf("subject %d, %s, %s %s", l.Subject, genders[l.Gender], hand[l.Hand], fingers[l.Finger])
}
