package command

import (
	"strings"
	"testing"
)

// TestQuoting marks each byte of a script with the quotes that it stands in; an
// opening quote stands in none.
func TestQuoting(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`a 'b' c`, `...''..`},
		{`a "b'c" d`, `...""""..`},
		{`a \"b`, `.....`},
		{`"a\"b" c`, `."""""..`},
		{`"a$(b 'c' d)e"f`, `."""...''..."".`},
		{"\"a`b`c\"d", `."".."".`},
		{"# don't\na", `.........`},
		{`a#'b'`, `...''`},
		{"cat <<E 'x'\nit's\nE\n'y'", `.........''.........''`},
		{"cat <<-'E'\nit's\n\tE\nb", `....................`},
		{`echo $((1+(2))) 'x'`, `.................''`},
		{`"$((1+1))" x`, `."""....."..`},
	} {
		got := ""
		for _, q := range quoting(c.script) {
			got += string(rune(q))
		}
		if got = strings.ReplaceAll(got, "\x00", "."); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.script, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	spec := Spec{
		Inputs: []string{"a", "odd"}, Files: map[string]string{"odd": "it's"}, Outputs: []Output{{Name: "o", File: "o.txt"}},
		Params: map[string]string{"p": "1"},
	}
	for _, c := range []struct{ cmd, want string }{
		{"x {inputs.a} {outputs.o} {params.p} {params} {x} ${y}", ""},
		{`x "{inputs.a}"`, ""},
		{`x "{params.p}"`, "{params.p} stands in double quotes, but its value is quoted for the shell already: write it outside of the quotes"},
		{`x '{params.p}'`, "{params.p} stands in single quotes"},
		{`x "it's" {params.p}`, ""},
		{`x "$(y {params.p})"`, ""},
		{"# don't\nx {params.p}", ""},
		{"x <<E\ndon't {params.p}\nE\n", ""},
		{`x "{inputs.odd}"`, "{inputs.odd} stands in double quotes"},
		{"x {inputs.b}", "{inputs.b} names nothing (available: a, odd)"},
		{"x {seed}", `{seed} needs "seed: true"`},
		{"x {metrics}", `{metrics} needs a file`},
		{"x {series}", `{series} needs a file`},
	} {
		spec.Cmd = c.cmd
		got := strings.Join(spec.Check(), "\n")
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", c.cmd, got, c.want)
		}
	}
}
