package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whorl/examples"
	"whorl/pipeline/spec/yamlwalk"
)

// templates are the projects that init can write; the first is the default.
func (a App) templates() []Template {
	return append([]Template{
		{Name: "python", Doc: "stages that are Python scripts; needs python3 with numpy", Start: a.Name + " run", Files: examples.Python()},
		{Name: "go", Doc: "a Go program with a stage of its own and this command line", Start: "go run . run", Files: examples.Go()},
	}, a.Templates...)
}

func initCommand(env *Env) *cobra.Command {
	var flags struct{ template, source string }
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a small project that runs at once",
		Long: `init writes a project into DIR, a new or empty directory: a pipeline.yaml, a sweep,
and the code of the stages.

` + describeTemplates(env.app.templates()),
		Example: `  {app} init houses
  {app} init --template go poems`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			templates := env.app.templates()
			i := slices.IndexFunc(templates, func(t Template) bool { return t.Name == flags.template })
			if i < 0 {
				return Usagef("--template %s: no such template%s", flags.template, yamlwalk.Suggest(flags.template, templateNames(templates)))
			}
			dir := args[0]
			if err := vacant(dir); err != nil {
				return err
			}
			files, err := projectFiles(templates[i], dir, flags.source)
			if err != nil {
				return err
			}
			if err := writeProject(dir, files); err != nil {
				return fmt.Errorf("init %s: %w", dir, err)
			}
			_, err = fmt.Fprintf(env.Stdout, "wrote %d files to %s; try: cd %s && %s\n", len(files), dir, dir, templates[i].Start)
			return err
		},
	}
	c.Flags().StringVar(&flags.template, "template", "python", "the `TEMPLATE`")
	c.Flags().StringVar(&flags.source, "source", "", "for template go: the `DIR` of whorl's source, if it is not found")
	c.RegisterFlagCompletionFunc("template", func(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
		for _, t := range env.app.templates() {
			words = append(words, t.Name+"\t"+t.Doc)
		}
		return words, noFiles
	})
	return c
}

func templateNames(templates []Template) (names []string) {
	for _, t := range templates {
		names = append(names, t.Name)
	}
	return names
}

func describeTemplates(templates []Template) string {
	var b strings.Builder
	b.WriteString("Templates:\n\n")
	for _, t := range templates {
		fmt.Fprintf(&b, "  %-12s %s\n", t.Name, t.Doc)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// vacant refuses a directory that has something in it.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return UsageError{err}
	case len(entries) > 0:
		return Usagef("init %s: the directory is not empty: name a new one", dir)
	}
	return nil
}

// projectFiles are the files of a project by their paths.
func projectFiles(t Template, dir, source string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(t.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = fs.ReadFile(t.Files, path)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.Name, err)
	}
	if t.Name == "go" {
		return files, makeModule(files, dir, source)
	}
	return files, nil
}

func writeProject(dir string, files map[string][]byte) error {
	for path, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(path))
		mode := fs.FileMode(0o666)
		if strings.HasPrefix(string(text), "#!") {
			mode = 0o777
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o777), os.WriteFile(full, text, mode)); err != nil {
			return err
		}
	}
	return nil
}
