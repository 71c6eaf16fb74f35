package kernel

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	have := families()
	if f, err := choose(""); err != nil || f.name != have[len(have)-1].name {
		t.Errorf("by default %s is chosen, %v, want %s", f.name, err, have[len(have)-1].name)
	}
	for _, want := range have {
		if f, err := choose(want.name); err != nil || f.name != want.name {
			t.Errorf("%s is asked for, %s chosen, %v", want.name, f.name, err)
		}
	}
	f, err := choose("sse9")
	if err == nil || f.name != "scalar" {
		t.Fatalf("an unknown family gives %s, %v", f.name, err)
	}
	for _, part := range []string{"WHORL_KERNEL=sse9", "available: scalar"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
