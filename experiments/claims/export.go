package claims

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// A Format is one in which results are exported.
type Format string

const (
	LaTeX    Format = "latex"    // \newcommand{\claimEerTutorial}{0.0093}
	Markdown Format = "markdown" // a table, with an anchor for each claim
	JSON     Format = "json"     // an object of texts by name
)

// Write exports the results that have a text.
func Write(w io.Writer, format Format, results []Result) error {
	var b strings.Builder
	switch format {
	case LaTeX:
		for _, r := range results {
			if r.Text != "" {
				fmt.Fprintf(&b, "\\newcommand{\\%s}{%s}\n", Macro(r.Claim), latex.Replace(r.Text))
			}
		}
	case Markdown:
		b.WriteString("| claim | figure | status | rests on |\n|---|---|---|---|\n")
		for _, r := range results {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Claim, cell.Replace(r.Text), r.Status, cell.Replace(r.Explain))
		}
	case JSON:
		texts := map[string]string{}
		for _, r := range results {
			if r.Text != "" {
				texts[r.Claim] = r.Text
			}
		}
		text, err := json.MarshalIndent(texts, "", "  ")
		if err != nil {
			return err
		}
		b.Write(text)
		b.WriteByte('\n')
	default:
		return fmt.Errorf("claims: unknown format %q", format)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var (
	latex = strings.NewReplacer(`\`, `\textbackslash{}`, `%`, `\%`, `_`, `\_`, `&`, `\&`, `#`, `\#`, `$`, `\$`,
		`{`, `\{`, `}`, `\}`, `~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`)
	cell = strings.NewReplacer("|", `\|`, "\n", " ")
)

var digitWords = [...]string{"Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"}

// Macro returns the name of the LaTeX macro of a claim: eer_2 is claimEerTwo.
// Macros have letters only.
func Macro(name string) string {
	macro, upper := "claim", true
	for _, r := range name {
		switch {
		case r == '_':
			upper = true
			continue
		case r >= '0' && r <= '9':
			macro += digitWords[r-'0']
			upper = true
			continue
		case upper:
			macro += strings.ToUpper(string(r))
		default:
			macro += string(r)
		}
		upper = false
	}
	return macro
}
