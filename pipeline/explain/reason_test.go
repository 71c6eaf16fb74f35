package explain

import (
	"fmt"
	"strings"
	"testing"
)

func TestDiffCode(t *testing.T) {
	const old = "file m a.go 11\nfile m b/c.go 22\ngo go1.26.7 amd64 v1\nmodule x.org/y v1.0.0 h1:a\n"
	for name, c := range map[string]struct{ new, want string }{
		"one file":      {strings.Replace(old, "22", "33", 1), "[code: b/c.go]"},
		"a new file":    {"file m a 0.go 99\n" + old, "[code: a 0.go is new]"},
		"a file less":   {strings.Replace(old, "file m a.go 11\n", "", 1), "[code: a.go is gone]"},
		"several files": {"file m z.go 9\n" + strings.NewReplacer("11", "12", "22", "23").Replace(old), "[code: 1 file added, 2 changed: z.go, a.go, b/c.go]"},
		"versions": {
			strings.NewReplacer("1.26.7", "1.26.8", "v1.0.0", "v1.1.0").Replace(old),
			"[go: go1.26.7 amd64 v1 -> go1.26.8 amd64 v1 module x.org/y: v1.0.0 -> v1.1.0]",
		},
		"nothing": {old, "[]"},
	} {
		if got := fmt.Sprint(diffCode("s", old, c.new)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestReasons(t *testing.T) {
	for want, r := range map[string]Reason{
		`input dir: 3 files added: a b.txt, "new\nline", "\xff"`: {What: "input", Name: "dir", Files: &FileChanges{Added: []string{"a b.txt", "new\nline", "\xff"}}},
		"train.lr: 0.001 -> 0.01":                                {Stage: "train", What: "param", Name: "lr", Old: "0.001", New: "0.01"},
		"train.more: (none) -> 1":                                {Stage: "train", What: "param", Name: "more", New: "1"},
		"it failed in run r1":                                    {What: "failed", Name: "r1"},
		`env HOME: unset -> "/x"`:                                {What: "env", Name: "HOME", Old: "unset", New: `"/x"`},
		`variant: "fma" -> "portable"`:                           {What: "variant", Old: `"fma"`, New: `"portable"`},
		"input ingest.x: 3 files added, 1 changed: a, b, c and 1 more": {
			What: "input", Name: "x", From: "ingest.x", Old: "1", New: "2",
			Files: &FileChanges{Added: []string{"a", "b", "c"}, Changed: []string{"d"}},
		},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestBrief(t *testing.T) {
	up := func(stage, name, from string) Reason {
		return Reason{Stage: stage, What: "upstream", Name: name, From: from}
	}
	seed := Reason{Stage: "train", What: "seed", Old: "1", New: "2"}
	brief := Brief([]Reason{
		seed,
		up("train", "x", "ingest.x"), up("train", "y", "label.y"), up("train", "z", "ingest.z"),
		up("split", "y", "label.y"),
		seed,
	})
	const want = "[seed: 1 -> 2 it waits for ingest, label input y: label.y is to be made first seed: 1 -> 2]"
	if got := fmt.Sprint(brief); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
