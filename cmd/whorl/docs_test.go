package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"whorl/cli"
)

// called finds the calls of whorl in a text: what stands at the beginning of an
// indented line, or in backquotes, quotes or $(...), where arguments may be
// left out.
var called = regexp.MustCompile("(?m)(^ +|`|\"|\\$\\()(?:bin/)?whorl ([a-z][^`\"|)\n]*)")

// TestDocs parses every call that the documents, the Makefile and the help
// show, so that none names a verb or a flag that there is not.
func TestDocs(t *testing.T) {
	texts := map[string]string{}
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../Makefile", "../../experiments/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts[f] = string(b)
		}
	}
	newRoot := func() *cobra.Command { return cli.Command(app(), io.Discard, io.Discard) }
	texts["whorl --help"] = newRoot().Long
	for _, c := range newRoot().Commands() {
		if c.Long == "" && c.Name() != "version" && c.Name() != "help" {
			t.Errorf("whorl %s --help does not explain it", c.Name())
		}
		texts["whorl "+c.Name()+" --help"] = c.Long + "\n" + c.Example
	}
	calls := 0
	for where, text := range texts {
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			call, _, _ := strings.Cut(m[2], "  ") // an explanation follows
			call, _, _ = strings.Cut(call, " #")
			args := strings.Fields(call)
			if args[0] == "key" { // the first line of a key's text
				continue
			}
			calls++
			c, rest, err := newRoot().Find(args)
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err == nil && strings.HasPrefix(m[1], " ") {
				err = c.ValidateArgs(c.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: whorl %s: %v", where, call, err)
			}
		}
	}
	if calls < 30 {
		t.Errorf("only %d calls found", calls)
	}
}
