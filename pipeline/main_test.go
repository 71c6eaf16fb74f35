package pipeline_test

import (
	"flag"
	"os"
	"testing"
)

// long says that the tests which have a long form are to take it: WHORL_LONG=1.
var long = os.Getenv("WHORL_LONG") != ""

func TestMain(m *testing.M) {
	flag.Parse()
	if !long && flag.Lookup("rapid.checks").Value.String() == flag.Lookup("rapid.checks").DefValue {
		flag.Set("rapid.checks", "8")
	}
	if code, ok := helper(); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}
