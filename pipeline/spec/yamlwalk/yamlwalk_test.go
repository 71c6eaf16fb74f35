package yamlwalk_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/spec/yamlwalk"
)

// walk reads a mapping "name, list" and returns what is wrong with it.
func walk(text string) (name string, list []string, err error) {
	w := yamlwalk.Walker{File: "f"}
	root := w.Document([]byte(text), "a mapping with name and list")
	if root == nil {
		return "", nil, w.Err()
	}
	f := w.Fields(root, "file", "name", "list")
	if f["name"] != nil {
		name, _ = w.Text(f["name"], "name")
	}
	if f["list"] != nil {
		nodes, _ := w.List(f["list"], "list")
		for _, n := range nodes {
			s, _ := w.Text(n, "element")
			list = append(list, s)
		}
	}
	return name, list, w.Err()
}

func TestWalk(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\nlist: [a, b]\n":           "x a b",
		"\ufeffname: x\r\nlist:\r\n- a\r\n": "x a",
		"name: &n x\nlist: [*n, *n]\n":      "x x x",
		"# nothing but a comment\n":         "f:1:1: the file is empty: want a mapping with name and list",
		"- x\n":                             "f:1:1: want a mapping with name and list",
		"name: x\n---\nname: y\n":           "f:2:1: a second document begins here: want one",
		"name: x\nname: y\n":                `f:2:1: file: "name" is given twice, first on line 1`,
		"nam: x\n":                          `f:1:1: file: unknown field "nam" (did you mean "name"?)`,
		"xyz: x\n":                          `f:1:1: file: unknown field "xyz" (available: name, list)`,
		"name: 3\n":                         "f:1:7: name: want a string, not 3",
		"name: \"a\\0b\"\n":                 "f:1:7: name: want a string without NUL",
		"name:\n":                           "f:1:6: name: want a string, not nothing",
		"list: x\n":                         `f:1:7: list: want a list, not "x"`,
		"list: [a, [b]]\n":                  "f:1:11: element: want a string, not a list",
		"list:\n  - a\n\t- b\n":             "f:3:1: a tab is in the indentation: YAML allows only spaces there",
		"list: &l [*l]\n":                   "f:1:11: the alias *l is part of what it stands for",
		"<<: {name: x}\n":                   "f:1:1: file: merge keys are not supported",
		"[a]: x\n":                          "f:1:1: file: want a name as key, not a list",
		"name: \xff\n":                      "f:1:7: the file is not UTF-8 from here on",
		"name: [x\nlist: []\n":              "f:2:5: did not find expected ',' or ']'",
		"list: x\nname: 3\n":                "f:1:7: list: want a list, not \"x\"\nf:2:7: name: want a string, not 3",
	} {
		name, list, err := walk(text)
		got := strings.Join(append([]string{name}, list...), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	many := strings.Fields("a b c d e f g h i j k l m n o p q")
	for _, c := range []struct {
		name  string
		names []string
		want  string
	}{
		{"epoch", []string{"rate", "epochs"}, ` (did you mean "epochs"?)`},
		{"reat", []string{"rate"}, ` (did you mean "rate"?)`},
		{"x", []string{"rate"}, " (available: rate)"},
		{"xyz", many, ""},
		{"xyz", nil, ""},
	} {
		if got := yamlwalk.Suggest(c.name, c.names); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzDocument checks that every text is either walked or has a problem with a
// position.
func FuzzDocument(f *testing.F) {
	f.Add([]byte("name: &n x\nlist: [*n]\n"))
	f.Add([]byte("a:\n\tb: c\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w := yamlwalk.Walker{File: "f"}
		root := w.Document(text, "a mapping")
		if root != nil {
			visit(&w, root, 0)
		}
		if root == nil && len(w.Problems) == 0 {
			t.Error("no document and no problem")
		}
		for _, p := range w.Problems {
			if p.File != "f" || p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("problem without a position: %+v", p)
			}
		}
	})
}

func visit(w *yamlwalk.Walker, n *yaml.Node, depth int) {
	if n = yamlwalk.Deref(n); n.Kind != yaml.MappingNode || depth > 3 {
		return
	}
	w.Pairs(n, "mapping", func(_, value *yaml.Node) { visit(w, value, depth+1) })
}
