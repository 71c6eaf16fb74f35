package reports

import (
	"fmt"
	"strings"

	"whorl/experiments/compare"
)

// A fact is something about where and from what runs were made.
type fact struct {
	Name   string
	Values []factValue // one if it is the same for all runs
}

type factValue struct {
	Text   string
	Trials []*trial // nil: all
}

// facts returns the provenance of the trials.
func facts(trials []*trial) []fact {
	questions := []struct {
		name   string
		answer func(*trial) string
	}{
		{"git commit", func(t *trial) string {
			switch {
			case t.Source.Commit == "":
				return "not in a git repository"
			case t.Source.Dirty:
				return t.Source.Commit + " with uncommitted changes"
			}
			return t.Source.Commit
		}},
		{"whorl", func(t *trial) string { return t.Versions.Program }},
		{"kernels", func(t *trial) string { return t.Versions.Variant }},
		{"Go", func(t *trial) string { return t.Versions.Go }},
		{"machine", func(t *trial) string { return t.Machine.Host }},
		{"CPU", func(t *trial) string {
			if t.Machine.CPU == "" && t.Machine.CPUs == 0 {
				return ""
			}
			return strings.TrimSpace(fmt.Sprintf("%s (%s)", t.Machine.CPU, count(t.Machine.CPUs, "core")))
		}},
		{"memory", func(t *trial) string {
			if t.Machine.Memory == 0 {
				return ""
			}
			return size(t.Machine.Memory)
		}},
		{"system", func(t *trial) string { return strings.Trim(t.Machine.OS+"/"+t.Machine.Arch, "/") }},
		{"pipeline", func(t *trial) string { return t.Pipeline }},
		{"data", func(t *trial) string { return t.Data }},
		{"seed", func(t *trial) string { return t.params[compare.Seed] }},
		{"directory", func(t *trial) string { return t.Dir }},
		{"command", func(t *trial) string { return shellLine(t.Command) }},
	}
	var all []fact
	for _, q := range questions {
		f := fact{Name: q.name}
		at := map[string]int{}
		for _, t := range trials {
			text := q.answer(t)
			i, ok := at[text]
			if !ok {
				i = len(f.Values)
				at[text] = i
				f.Values = append(f.Values, factValue{Text: text})
			}
			f.Values[i].Trials = append(f.Values[i].Trials, t)
		}
		if len(f.Values) == 1 {
			f.Values[0].Trials = nil
			if f.Values[0].Text == "" {
				continue
			}
		}
		for i := range f.Values {
			if f.Values[i].Text == "" {
				f.Values[i].Text = "not recorded"
			}
		}
		all = append(all, f)
	}
	return all
}

// A patch is the uncommitted changes that runs were made with.
type patch struct {
	Text      string
	Truncated bool
	Trials    []*trial
}

const maxPatch = 64 << 10 // bytes shown; the whole is with the run

func patches(trials []*trial) []*patch {
	var all []*patch
	byText := map[string]*patch{}
	for _, t := range trials {
		if !t.Source.Dirty || t.Source.Diff == "" {
			continue
		}
		p := byText[t.Source.Diff]
		if p == nil {
			p = &patch{Text: t.Source.Diff}
			if len(p.Text) > maxPatch {
				p.Text, p.Truncated = strings.ToValidUTF8(p.Text[:maxPatch], ""), true
			}
			byText[t.Source.Diff] = p
			all = append(all, p)
		}
		p.Trials = append(p.Trials, t)
	}
	return all
}

// shellLine writes a command so that a shell reads it back.
func shellLine(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if a == "" || strings.Trim(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+") != "" {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		quoted[i] = a
	}
	return strings.Join(quoted, " ")
}
