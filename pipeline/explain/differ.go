package explain

import (
	"cmp"
	"slices"
	"strings"

	"whorl/pipeline/spec"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// A differ compares the texts of two keys, and what they name by digest.
type differ struct {
	store *store.Store
	code  []byte                // the new code's listing; nil if it is in the store
	trees map[string]*tree.Tree // new inputs that may not be in the store yet
	refs  map[string]string     // of the new inputs
	skip  map[string]bool       // lines that are not compared
}

// texts compares the lines of two keys' texts.
func (d *differ) texts(stage, old, new string) []Reason {
	var reasons []Reason
	for _, l := range diffLines(spec.ReadKeyText(old), spec.ReadKeyText(new)) {
		if d.skip[l.name] {
			continue
		}
		what, name, _ := strings.Cut(l.name, " ")
		r := Reason{Stage: stage, What: what, Name: name, Old: l.old, New: l.new}
		switch what {
		case "code":
			reasons = append(reasons, d.listings(r)...)
			continue
		case "input":
			r.Old, r.New = contents(l.old, l.new)
			r.From, r.Files = d.refs[name], d.files(r.Old, r.New, d.trees[name])
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// contents returns what an input was and is: the digests or, where these are
// the same, the modes. The keys of older stores have digests only.
func contents(old, new string) (was, is string) {
	a, was := cutMode(old)
	b, is := cutMode(new)
	if was == is && a != b {
		return modeName(a), modeName(b)
	}
	return was, is
}

func cutMode(content string) (mode, digest string) {
	if mode, digest, ok := strings.Cut(content, " "); ok {
		return mode, digest
	}
	return "", content
}

func modeName(mode string) string {
	if mode == "" {
		return "content"
	}
	return tree.Mode(mode[0]).String()
}

// files compares two directories, if that is what the digests are of.
func (d *differ) files(old, new string, now *tree.Tree) *FileChanges {
	was, err := d.store.Listing(old)
	if err != nil || now != nil && !now.Dir {
		return nil
	}
	var is tree.Listing
	if now != nil {
		is = now.Entries
	} else if is, err = d.store.Listing(new); err != nil {
		return nil
	}
	return fileChanges(tree.Diff(was, is))
}

// listings compares the listings of code that r names by digest.
func (d *differ) listings(r Reason) []Reason {
	old, err := d.store.ReadAll(r.Old)
	is := d.code
	if err == nil && is == nil {
		is, err = d.store.ReadAll(r.New)
	}
	if err != nil {
		r.Name = "(what it was is no longer in the store)"
		return []Reason{r}
	}
	return diffCode(r.Stage, string(old), string(is))
}

// diffCode compares two listings of code. Several files make one reason.
func diffCode(stage, old, new string) []Reason {
	var files, others []Reason
	all := &FileChanges{}
	for _, d := range diffLines(readCode(old), readCode(new)) {
		what, name, _ := strings.Cut(d.name, " ")
		if what != "file" {
			others = append(others, Reason{Stage: stage, What: what, Name: name, Old: d.old, New: d.new})
			continue
		}
		_, name, _ = strings.Cut(name, " ") // without its module
		files = append(files, Reason{Stage: stage, What: "code", Name: name, Old: d.old, New: d.new})
		switch {
		case d.old == "":
			all.Added = append(all.Added, name)
		case d.new == "":
			all.Removed = append(all.Removed, name)
		default:
			all.Changed = append(all.Changed, name)
		}
	}
	if len(files) > 1 {
		files = []Reason{{Stage: stage, What: "code", Files: all}}
	}
	return append(files, others...)
}

// readCode reads the lines of a code's identity: see package code.
func readCode(text string) []spec.Line {
	var lines []spec.Line
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		words := strings.SplitN(l, " ", 3)
		switch {
		case words[0] == "file":
			i := strings.LastIndexByte(l, ' ')
			lines = append(lines, spec.Line{Name: l[:i], Value: l[i+1:]})
		case words[0] == "module" && len(words) == 3:
			version, _, _ := strings.Cut(words[2], " ")
			lines = append(lines, spec.Line{Name: "module " + words[1], Value: version})
		default:
			name, value, _ := strings.Cut(l, " ")
			lines = append(lines, spec.Line{Name: name, Value: value})
		}
	}
	return lines
}

type lineDiff struct{ name, old, new string }

// diffLines compares values by name, in the order of new, then what is gone.
func diffLines(old, new []spec.Line) []lineDiff {
	was := map[string]string{}
	for _, l := range old {
		was[l.Name] = l.Value
	}
	var diffs []lineDiff
	is := map[string]bool{}
	for _, l := range new {
		is[l.Name] = true
		if before, ok := was[l.Name]; !ok || before != l.Value {
			diffs = append(diffs, lineDiff{l.Name, before, l.Value})
		}
	}
	var gone []lineDiff
	for _, l := range old {
		if !is[l.Name] {
			gone = append(gone, lineDiff{l.Name, l.Value, ""})
		}
	}
	slices.SortFunc(gone, func(a, b lineDiff) int { return cmp.Compare(a.name, b.name) })
	return append(diffs, gone...)
}
