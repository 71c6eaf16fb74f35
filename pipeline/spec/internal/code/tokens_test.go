package code

import (
	"testing"
)

const before = `// Package p does things.
package p

import (
	"fmt"
	"strings"
)

// F says so.
func F(a, b int) string {
	x := []int{a, b}
	return strings.Repeat(fmt.Sprint(x), 2)
}
`

func digestOf(t *testing.T, src string) string {
	t.Helper()
	f, err := readGo("p.go", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f.digest.String()
}

func TestLayoutDoesNotCount(t *testing.T) {
	want := digestOf(t, before)
	for name, src := range map[string]string{
		"comments": `package p

import (
	"fmt" // for Sprint
	"strings"
)

func F(a, b int) string { /* now */
	x := []int{a, b}
	return strings.Repeat(fmt.Sprint(x), 2) // twice
}
`,
		"line breaks": `package p
import ("strings"; "fmt")
func F(
	a, b int,
) string {
	x := []int{
		a,
		b,
	}
	return strings.Repeat(fmt.Sprint(x), 2); }`,
		"separate imports": `package p

import "strings"
import "fmt"

func F(a, b int) string {
	x := []int{a, b}
	return strings.Repeat(fmt.Sprint(x), 2)
}
`,
	} {
		if got := digestOf(t, src); got != want {
			t.Errorf("%s changed the digest", name)
		}
	}
}

func TestTokensCount(t *testing.T) {
	seen := map[string]string{digestOf(t, before): "before"}
	for name, src := range map[string]string{
		"literal":           "package p\nfunc F() int { return 3 }",
		"operator":          "package p\nfunc F() int { return -3 }",
		"name":              "package p\nfunc G() int { return 3 }",
		"return and break":  "package p\nfunc F() (x int) { x = 3; return\nx() }",
		"return of":         "package p\nfunc F() (x int) { x = 3; return x() }",
		"directive":         "package p\n//go:noinline\nfunc F() int { return 3 }",
		"another directive": "package p\n//go:nosplit\nfunc F() int { return 3 }",
		"import":            "package p\nimport \"a\"\nfunc F() int { return 3 }",
		"blank import":      "package p\nimport _ \"a\"\nfunc F() int { return 3 }",
		"string":            "package p\nfunc F() int { return len(\"a // b\") }",
		"string's space":    "package p\nfunc F() int { return len(\"a //  b\") }",
		"build constraint":  "//go:build linux\n\npackage p\nfunc F() int { return 3 }",
		"empty":             "package p",
	} {
		d := digestOf(t, src)
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d] = name
	}
}

func TestReadGo(t *testing.T) {
	f, err := readGo("p.go", []byte(`package p
import ( a "x/y"; . "z" )
import "embed"
//go:embed data/*.txt "with space" all:more
var files embed.FS
var s = "import q"
`))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want []string) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: got %q, want %q", what, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: got %q, want %q", what, got, want)
			}
		}
	}
	check("imports", f.imports, []string{"x/y", "z", "embed"})
	check("embeds", f.embeds, []string{"data/*.txt", "with space", "all:more"})
	if _, err := readGo("p.go", []byte("package p; var s = `")); err == nil {
		t.Error("an unterminated string was read")
	}
}

func FuzzReadGo(f *testing.F) {
	f.Add([]byte(before))
	f.Add([]byte("package p\n//go:embed \"x"))
	f.Fuzz(func(t *testing.T, src []byte) {
		one, err := readGo("p.go", src)
		if err != nil {
			return
		}
		two, err := readGo("p.go", append(src, "\n// a comment\n"...))
		if err == nil && one.digest != two.digest && len(one.imports) == 0 {
			t.Error("a comment changed the digest")
		}
	})
}
