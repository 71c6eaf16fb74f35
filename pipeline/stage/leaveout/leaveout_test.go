package leaveout

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	in := Table{Unit: "subject", Units: []string{"1", "7"}}
	in.Add("eer", []float64{.25, .5})
	in.Add("undefined", []float64{math.NaN(), .5})
	text, err := Encode(in)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"version":1,"unit":"subject","units":["1","7"],"metrics":{"eer":[0.25,0.5]}}`
	if string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
	out, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	in.Version = Version
	if !reflect.DeepEqual(*out, in) {
		t.Errorf("got %+v, want %+v", *out, in)
	}
}

func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   "EOF",
		`{"version":2}`:                      "version 2",
		`{"surprise":1}`:                     "unknown field",
		`{"version":1,"unit":"","units":[]}`: "no name",
		`{"version":1,"unit":"subject","units":["1","1"]}`:                      `"1" is empty or named twice`,
		`{"version":1,"unit":"subject","units":["1","2"],"metrics":{"a":[1]}}`:  "a has 1 values for 2 units",
		`{"version":1,"unit":"subject","units":["1","2"],"metrics":{}} {"x":1}`: "text follows",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"unit":"subject","units":["1","7"],"metrics":{"eer":[0.25,0.5]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := Decode(text)
		if err != nil {
			return
		}
		if _, err := Encode(*table); err != nil {
			t.Errorf("reads what it cannot write: %v", err)
		}
	})
}
