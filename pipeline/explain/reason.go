package explain

import (
	"fmt"
	"slices"
	"strings"

	"whorl/pipeline/store/tree"
)

// A Reason is one thing that differs between what a stage's result depends on
// now and what it depended on before.
type Reason struct {
	Stage string `json:"stage"`

	// What is "param", "input", "code", "go", "module", "executable", "seed",
	// "variant", "kind", "cmd", "env", "output", "path", "tool", "metrics",
	// "file", "sandbox", "mounts", "item": a line of the key that differs; or
	// "new": no earlier execution is known; "upstream": the input has yet to
	// be made; "lost": it was made and is not in the store; "failed": it failed
	// before; "unfinished": its run was interrupted or died; "forced": the
	// caller demands it.
	What string `json:"what"`

	Name  string       `json:"name,omitempty"`  // of the parameter, input, file, ...
	From  string       `json:"from,omitempty"`  // of an input: its ref
	Old   string       `json:"old,omitempty"`   // empty: it did not exist
	New   string       `json:"new,omitempty"`   // empty: it no longer exists
	Files *FileChanges `json:"files,omitempty"` // of an input that is a directory, or of code
}

// FileChanges are the files in which two directories differ.
type FileChanges struct {
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Changed []string `json:"changed,omitempty"`
}

func fileChanges(c tree.Changes) *FileChanges {
	return &FileChanges{c.Added, c.Removed, c.Changed}
}

// String names the changes, with the first few of the files.
func (c *FileChanges) String() string {
	var parts, names []string
	count := func(files []string, did string) {
		if len(files) == 0 {
			return
		}
		noun := ""
		if len(parts) == 0 {
			noun = " file"
			if len(files) > 1 {
				noun = " files"
			}
		}
		parts = append(parts, fmt.Sprintf("%d%s %s", len(files), noun, did))
		names = append(names, files...)
	}
	count(c.Added, "added")
	count(c.Removed, "removed")
	count(c.Changed, "changed")
	return strings.Join(parts, ", ") + ": " + tree.FirstFew(names)
}

// String tells the reason in a line, such as "train.lr: 0.001 -> 0.01".
func (r Reason) String() string {
	switch r.What {
	case "new":
		return "it was never run before"
	case "failed":
		return "it failed in run " + r.Name
	case "unfinished":
		return fmt.Sprintf("run %s ended before it had finished", r.Name)
	case "forced":
		return "it is forced"
	case "lost":
		return r.Name
	case "upstream":
		if r.Name == "" {
			return "it waits for " + r.From
		}
		return fmt.Sprintf("input %s: %s is to be made first", r.Name, r.From)
	case "code":
		switch {
		case r.Files != nil:
			return "code: " + r.Files.String()
		case r.Old == "":
			return fmt.Sprintf("code: %s is new", r.Name)
		case r.New == "":
			return fmt.Sprintf("code: %s is gone", r.Name)
		}
		return "code: " + r.Name
	case "input":
		name := r.Name
		if r.From != "" {
			name = r.From
		}
		switch {
		case r.Files != nil:
			return fmt.Sprintf("input %s: %s", name, r.Files)
		case r.Old == "" || r.New == "":
			return fmt.Sprintf("input %s: %s", r.Name, arrow(short(r.Old), short(r.New)))
		}
		return fmt.Sprintf("input %s: its content changed (%s)", name, arrow(short(r.Old), short(r.New)))
	case "param":
		return fmt.Sprintf("%s.%s: %s", r.Stage, r.Name, arrow(r.Old, r.New))
	case "module", "env", "output", "tool", "metrics", "file", "item":
		return fmt.Sprintf("%s %s: %s", r.What, r.Name, arrow(r.Old, r.New))
	case "executable":
		return "code: the executable, since its source is not registered"
	}
	return fmt.Sprintf("%s: %s", r.What, arrow(r.Old, r.New))
}

// Brief puts several inputs of a stage that are yet to be made together, in one
// Reason that names the stages which make them. It is for people to read.
func Brief(reasons []Reason) []Reason {
	var brief []Reason
	for i := 0; i < len(reasons); {
		n := i
		var makers []string
		for n < len(reasons) && reasons[n].What == "upstream" && reasons[n].Stage == reasons[i].Stage {
			maker, _, _ := strings.Cut(reasons[n].From, ".")
			if !slices.Contains(makers, maker) {
				makers = append(makers, maker)
			}
			n++
		}
		if n-i > 1 {
			brief = append(brief, Reason{Stage: reasons[i].Stage, What: "upstream", From: strings.Join(makers, ", ")})
			i = n
			continue
		}
		brief = append(brief, reasons[i])
		i++
	}
	return brief
}

func arrow(old, new string) string {
	if old == "" {
		old = "(none)"
	}
	if new == "" {
		new = "(none)"
	}
	return old + " -> " + new
}

func short(digest string) string { return digest[:min(len(digest), 12)] }
