package fingerprint_test

import (
	"fmt"

	"whorl/fingerprint"
)

func ExampleParseName() {
	label, alteration, err := fingerprint.ParseName("012__F_Left_index_finger_CR.BMP")
	fmt.Println(label, alteration, label.Row(), err)

	_, _, err = fingerprint.ParseName("12__F_Left_toe.BMP")
	fmt.Println(err)
	// Output:
	// subject 12, F, left index CR [12 1 0 1] <nil>
	// name "12__F_Left_toe.BMP": character 12: expected finger (thumb, index, middle, ring, little) followed by "_", found "toe.BMP" (want SUBJECT__G_Hand_finger[_finger][_ALTERATION].BMP, like 12__F_Left_index_finger_CR.BMP)
}
