package whorl

import (
	"os"
	"regexp"
	"testing"
)

// The newest release that CHANGELOG.md describes is this one.
func TestVersion(t *testing.T) {
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## \[([0-9]+\.[0-9]+\.[0-9]+)\]`).FindSubmatch(text)
	if newest == nil || string(newest[1]) != Version {
		t.Errorf("CHANGELOG.md begins with %q, the version is %s", newest, Version)
	}
}
