package command

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"whorl/pipeline/stage"
)

var placeholder = regexp.MustCompile(`\{(?:(inputs|outputs|params)\.([A-Za-z0-9_-]+)|(params|seed|metrics|series))\}`)

// Check lists what is wrong with the placeholders of the command: those that
// name nothing, and those that stand in quotes although their value is quoted
// for the shell already.
func (s Spec) Check() (problems []string) {
	known := map[string][]string{"inputs": s.Inputs}
	for _, o := range s.Outputs {
		known["outputs"] = append(known["outputs"], o.Name)
	}
	for name := range s.Params {
		known["params"] = append(known["params"], name)
	}
	slices.Sort(known["params"])
	quotes := quoting(s.Cmd)
	for _, at := range placeholder.FindAllStringSubmatchIndex(s.Cmd, -1) {
		text := s.Cmd[at[0]:at[1]]
		if at[6] >= 0 {
			if problem := s.checkWhole(text); problem != "" {
				problems = append(problems, problem)
			}
			continue
		}
		group, name := s.Cmd[at[2]:at[3]], s.Cmd[at[4]:at[5]]
		if names := known[group]; !slices.Contains(names, name) {
			hint := "there are no " + group
			if len(names) > 0 {
				hint = "available: " + strings.Join(names, ", ")
			}
			problems = append(problems, fmt.Sprintf("%s names nothing (%s)", text, hint))
			continue
		}
		if q := quotes[at[0]]; q != 0 && (group == "params" || strings.ContainsRune(s.word(group, name), '\'')) {
			problems = append(problems, fmt.Sprintf("%s stands in %s, but its value is quoted for the shell already: write it outside of the quotes", text, quoteNames[q]))
		}
	}
	return problems
}

// checkWhole checks a placeholder that names no single thing.
func (s Spec) checkWhole(text string) string {
	switch {
	case text == "{seed}" && !s.Seed:
		return `{seed} needs "seed: true" in the stage, which makes the seed part of the key`
	case text == "{metrics}" && s.Metrics.File == "":
		return `{metrics} needs a file, such as "metrics: {file: metrics.json}"`
	case text == "{series}" && s.Metrics.Series == "":
		return `{series} needs a file, such as "metrics: {series: history.csv}"`
	}
	return ""
}

// word returns what a placeholder stands for.
func (s Spec) word(group, name string) string {
	switch group {
	case "inputs":
		return Quote(s.input(name))
	case "outputs":
		i := slices.IndexFunc(s.Outputs, func(o Output) bool { return o.Name == name })
		return Quote(s.Outputs[i].File)
	}
	return s.Params[name]
}

// expand replaces the placeholders; any other brace stays as it is.
func (s Spec) expand(t *stage.Task) string {
	return placeholder.ReplaceAllStringFunc(s.Cmd, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		switch m[3] {
		case "params":
			return paramsFile
		case "seed":
			return fmt.Sprint(t.Seed)
		case "metrics":
			return Quote(s.Metrics.File)
		case "series":
			return Quote(s.Metrics.Series)
		}
		return s.word(m[1], m[2])
	})
}

// Quote makes one word of s for the shell.
func Quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
