package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// An Explanation says why a stage runs, or when it is cached, what changed
// when it last did.
type Explanation struct {
	Stage   string  `json:"stage"`
	Outlook Outlook `json:"status"`
	Against string  `json:"against,omitempty"` // the run that it is compared with

	// Reasons are the stage's own, then those of the stages before it whose
	// change reaches it, the nearest first.
	Reasons []Reason `json:"reasons"`
}

// String tells the explanation, a line for each reason.
func (x *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", x.Stage, x.Outlook)
	if x.Against != "" {
		fmt.Fprintf(&b, ", compared with run %s", x.Against)
	}
	b.WriteString("\n")
	for _, r := range x.Reasons {
		lead := ""
		if r.Stage != x.Stage {
			lead = "because of " + r.Stage + ": "
		}
		fmt.Fprintf(&b, "  %s%s\n", lead, r)
	}
	if len(x.Reasons) == 0 {
		b.WriteString("  nothing changed\n")
	}
	return b.String()
}

// Why explains a stage against a run, or if that is empty against the newest
// run that tells something: for a stage that is cached, the newest in which it
// was another's result.
func (e *Engine) Why(ctx context.Context, p *Pipeline, stage, against string) (*Explanation, error) {
	v, err := e.survey(ctx, p, []string{stage})
	if err != nil {
		return nil, err
	}
	pr := v.prospects[slices.IndexFunc(v.nodes, func(n *node) bool { return n.name == stage })]
	x := &Explanation{Stage: stage, Outlook: pr.status.Outlook, Against: against, Reasons: []Reason{}}
	base := e.baselines(against)
	var run *Result
	if pr.status.Outlook == IsCached && against == "" {
		run, err = base.find(func(r *Result) bool {
			s := stageOf(r, stage)
			return s != nil && s.Key != "" && s.Key != pr.status.Key && v.has(s.Key)
		})
		if err != nil || run == nil {
			return x, err
		}
	} else if run, err = v.baseline(pr, base); err != nil {
		return nil, err
	}
	if run != nil {
		x.Against = run.ID
	}
	return x, v.chain(x, pr, run, base, map[*prospect]bool{})
}

// chain adds the reasons of a stage and of those before it that it is waiting
// for or whose output has changed.
func (v *survey) chain(x *Explanation, pr *prospect, run *Result, base *baselines, seen map[*prospect]bool) error {
	if seen[pr] {
		return nil
	}
	seen[pr] = true
	reasons, err := v.compareWith(pr, run, base)
	if err != nil {
		return err
	}
	x.Reasons = append(x.Reasons, reasons...)
	for _, r := range reasons {
		if r.What != "input" && r.What != "upstream" {
			continue
		}
		for _, w := range pr.n.inputs {
			if w.name == r.Name && w.from != nil {
				if err := v.chain(x, v.of[w.from], run, base, seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// reasons compares a stage that will or may run with the newest run that tells
// something of it.
func (v *survey) reasons(pr *prospect, base *baselines) ([]Reason, error) {
	run, err := v.baseline(pr, base)
	if err != nil {
		return nil, err
	}
	return v.compareWith(pr, run, base)
}

// baseline finds the newest run in which the stage came to a result whose
// manifest is still there, or nil.
func (v *survey) baseline(pr *prospect, base *baselines) (*Result, error) {
	return base.find(func(r *Result) bool {
		s := stageOf(r, pr.n.name)
		return s != nil && s.Key != "" && (s.Key == pr.status.Key || v.has(s.Key))
	})
}

func (v *survey) has(key string) bool {
	_, err := v.store.Manifest(key)
	return err == nil
}

func stageOf(r *Result, name string) *StageResult {
	for i := range r.Stages {
		if r.Stages[i].Name == name {
			return &r.Stages[i]
		}
	}
	return nil
}

// compareWith says in what a stage differs from what it was in a run.
func (v *survey) compareWith(pr *prospect, run *Result, base *baselines) ([]Reason, error) {
	name := pr.n.name
	var before *StageResult
	if run != nil {
		before = stageOf(run, name)
	}
	var upstream []Reason
	for _, w := range pr.pending() {
		upstream = append(upstream, Reason{Stage: name, What: "upstream", Name: w.name, From: w.ref})
	}
	if before == nil || before.Key == "" {
		return append([]Reason{{Stage: name, What: "new"}}, upstream...), nil
	}
	if before.Key == pr.status.Key {
		switch {
		case pr.status.Outlook == IsCached:
			return nil, nil
		case pr.problem != "":
			return []Reason{{Stage: name, What: "lost", Name: pr.problem}}, nil
		case before.Status == Broken:
			return []Reason{{Stage: name, What: "failed", Name: run.ID}}, nil
		}
		return []Reason{{Stage: name, What: "lost", Name: "its result is no longer in the store"}}, nil
	}
	m, err := v.store.Manifest(before.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return append([]Reason{{Stage: name, What: "lost", Name: "what its result was made from then is no longer in the store"}}, upstream...), nil
	}
	if err != nil {
		return nil, err
	}
	return append(v.diffTexts(pr, m.Text), upstream...), nil
}

// diffTexts compares the lines of a key's text with those of an older one.
// Inputs that are not known yet are left out.
func (v *survey) diffTexts(pr *prospect, oldText string) []Reason {
	old, new := readKeyText(oldText), readKeyText(pr.text)
	pending := map[string]bool{}
	for _, w := range pr.pending() {
		pending["input "+w.name] = true
	}
	trees := map[string]*tree.Tree{}
	for i, w := range pr.n.inputs {
		trees[w.name] = pr.trees[i]
	}
	var reasons []Reason
	for _, d := range diffLines(old, new) {
		what, name, _ := strings.Cut(d.name, " ")
		r := Reason{Stage: pr.n.name, What: what, Name: name, Old: d.old, New: d.new}
		switch {
		case pending[d.name]:
			continue
		case what == "code":
			reasons = append(reasons, v.diffCode(r, pr.code.Text)...)
			continue
		case what == "input":
			for _, w := range pr.n.inputs {
				if w.name == name {
					r.From = w.ref
				}
			}
			r.Files = v.diffFiles(d.old, d.new, trees[name])
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// diffFiles compares two directories, if that is what the digests are of.
func (v *survey) diffFiles(old, new string, now *tree.Tree) *FileChanges {
	was, err := v.store.Listing(old)
	if err != nil {
		return nil
	}
	var is tree.Listing
	if now != nil {
		is = now.Entries
	} else if is, err = v.store.Listing(new); err != nil {
		return nil
	}
	if now != nil && !now.Dir {
		return nil
	}
	return fileChanges(tree.Diff(was, is))
}

// diffCode compares the listing of the code that r.Old names with text.
func (v *survey) diffCode(r Reason, text []byte) []Reason {
	old, err := v.store.ReadAll(r.Old)
	if err != nil {
		r.Name = "(what it was is no longer in the store)"
		return []Reason{r}
	}
	return diffCode(r.Stage, string(old), string(text))
}

func diffCode(stage, old, new string) []Reason {
	var reasons []Reason
	for _, d := range diffLines(readCode(old), readCode(new)) {
		what, name, _ := strings.Cut(d.name, " ")
		if what == "file" {
			what = "code"
			_, name, _ = strings.Cut(name, " ") // without its module
		}
		reasons = append(reasons, Reason{Stage: stage, What: what, Name: name, Old: d.old, New: d.new})
	}
	return reasons
}

// readCode reads the lines of a code's identity: see package code.
func readCode(text string) []line {
	var lines []line
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		words := strings.SplitN(l, " ", 3)
		switch {
		case words[0] == "file":
			i := strings.LastIndexByte(l, ' ')
			lines = append(lines, line{l[:i], l[i+1:]})
		case words[0] == "module" && len(words) == 3:
			version, _, _ := strings.Cut(words[2], " ")
			lines = append(lines, line{"module " + words[1], version})
		default:
			name, value, _ := strings.Cut(l, " ")
			lines = append(lines, line{name, value})
		}
	}
	return lines
}

type lineDiff struct{ name, old, new string }

// diffLines compares values by name, in the order of new, then what is gone.
func diffLines(old, new []line) []lineDiff {
	was := map[string]string{}
	for _, l := range old {
		was[l.name] = l.value
	}
	var diffs []lineDiff
	is := map[string]bool{}
	for _, l := range new {
		is[l.name] = true
		if before, ok := was[l.name]; !ok || before != l.value {
			diffs = append(diffs, lineDiff{l.name, before, l.value})
		}
	}
	var gone []lineDiff
	for _, l := range old {
		if !is[l.name] {
			gone = append(gone, lineDiff{l.name, l.value, ""})
		}
	}
	slices.SortFunc(gone, func(a, b lineDiff) int { return cmp.Compare(a.name, b.name) })
	return append(diffs, gone...)
}

// baselines are the runs that a stage can be compared with, read as needed,
// the newest first.
type baselines struct {
	store   *store.Store
	against string
	files   []store.RunFile
	listed  bool
	runs    []*Result
}

// lookBack is how many runs are searched at most.
const lookBack = 50

func (e *Engine) baselines(against string) *baselines {
	return &baselines{store: e.store, against: against}
}

func (b *baselines) find(good func(*Result) bool) (*Result, error) {
	if b.against != "" && !b.listed {
		b.listed = true
		r, err := ReadRun(b.store, b.against)
		if err != nil {
			return nil, err
		}
		b.runs = []*Result{r}
	}
	if b.against != "" {
		return b.runs[0], nil
	}
	if !b.listed {
		files, err := b.store.Runs()
		if err != nil {
			return nil, err
		}
		b.files, b.listed = files[:min(len(files), lookBack)], true
	}
	for i := 0; ; i++ {
		if i == len(b.runs) {
			if len(b.files) == 0 {
				return nil, nil
			}
			r, err := ReadRun(b.store, b.files[0].ID)
			b.files = b.files[1:]
			if err != nil {
				i--
				continue // damaged, or removed meanwhile
			}
			b.runs = append(b.runs, r)
		}
		if good(b.runs[i]) {
			return b.runs[i], nil
		}
	}
}
