package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"whorl/experiments/claims"
)

func claimsCommand(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "claims",
		Short: "Check the numbers of a paper or README against runs, and export them",
		Long: `claims binds numbers of a text to runs. The file claims.yaml maps names to claims:

  eer_tutorial: {sweep: tutorial, metric: evaluate.eer, statistic: median, within: [0.004, 0.014]}
  abs_better: {compare: ["ablation:train.merge=abs", "ablation:train.merge=subtract"], expect: better}
  step_time: {quote: 16.4 ms, source: "make bench on a Zen 4, 2026-11-24"}

A sweep is a path, or a name for NAME.yaml or experiments/NAME.yaml beside
claims.yaml. docs/analysis.md lists all fields.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, sub := range []*cobra.Command{checkClaimsCommand(env), exportClaimsCommand(env)} {
		sub.Args = usageArgs(sub.Args)
		c.AddCommand(sub)
	}
	return c
}

// claimsFlags say which claims, over which results.
type claimsFlags struct {
	artifacts artifactsFlag
	file      string
	only      []string
}

func (f *claimsFlags) add(c *cobra.Command) {
	f.artifacts.add(c)
	c.Flags().StringVarP(&f.file, "file", "f", "claims.yaml", "the `FILE` with the claims")
	c.Flags().StringSliceVar(&f.only, "only", nil, "only the `CLAIMS` of these names")
}

// load reads the claims that are asked for.
func (f *claimsFlags) load() ([]claims.Claim, error) {
	all, err := claims.Load(f.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Usagef("%w (name another with -f)", err)
	}
	if err != nil {
		return nil, specError(err)
	}
	return chosenClaims(all, f.only)
}

func checkClaimsCommand(env *Env) *cobra.Command {
	var flags claimsFlags
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Recompute what is stale, and compare it with what is claimed",
		Long: `check runs the sweeps and pipelines that claims name: what is fresh comes from the
cache, what is missing or stale is computed. Then it compares. A claim whose data
is not there is not checked, and says so; quotes are not computed. The exit code
is 1 if a claim does not hold, or if its text is not in its document.`,
		Example: "  {app} claims check\n  {app} claims check --only eer_tutorial --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := flags.load()
			if err != nil {
				return err
			}
			k := newClaimChecker(env, &flags, true)
			results, err := k.check(cmd.Context(), list)
			if err != nil {
				return err
			}
			if asJSON {
				if err := writeJSON(env.Stdout, results); err != nil {
					return err
				}
			} else if err := printClaims(env, results); err != nil {
				return err
			}
			if wrong := failedClaims(results); wrong > 0 {
				fmt.Fprintf(env.Stderr, "%s: %d of %d claims do not hold\n", env.app.Name, wrong, len(results))
				return errReported
			}
			return nil
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return c
}

func exportClaimsCommand(env *Env) *cobra.Command {
	var flags claimsFlags
	var latex, markdown, asJSON bool
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the figures as macros or as a table",
		Long: `export writes the figures of claims for a text to use: LaTeX macros
(\claimEerTutorial for eer_tutorial), a Markdown table, or a JSON object. It runs
nothing: the figures are those of the recorded runs, and a claim without runs is
an error that says to check first.`,
		Example: "  {app} claims export --latex >claims.tex",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format := claims.Format("")
			for f, given := range map[claims.Format]bool{claims.LaTeX: latex, claims.Markdown: markdown, claims.JSON: asJSON} {
				if given && format != "" {
					return Usagef("give one of --latex, --markdown and --json")
				}
				if given {
					format = f
				}
			}
			if format == "" {
				return Usagef("give one of --latex, --markdown and --json")
			}
			list, err := flags.load()
			if err != nil {
				return err
			}
			k := newClaimChecker(env, &flags, false)
			results, err := k.check(cmd.Context(), list)
			if err != nil {
				return err
			}
			for _, r := range results {
				if r.Status == claims.Failed {
					return fmt.Errorf("claim %s: %s (\"%s claims check\" computes it)", r.Claim, r.Explain, env.app.Name)
				}
			}
			return claims.Write(env.Stdout, format, results)
		},
	}
	flags.add(c)
	c.Flags().BoolVar(&latex, "latex", false, "write LaTeX macros")
	c.Flags().BoolVar(&markdown, "markdown", false, "write a Markdown table")
	c.Flags().BoolVar(&asJSON, "json", false, "write a JSON object")
	return c
}

func printClaims(env *Env, results []claims.Result) error {
	table := textTable{header: []string{"CLAIM", "STATUS", "FIGURE", "WHAT WAS COMPARED"}, least: 2}
	for _, r := range results {
		table.rows = append(table.rows, []string{r.Claim, string(r.Status), r.Text, r.Explain})
	}
	_, err := table.write(env.Stdout, 0)
	return err
}

func failedClaims(results []claims.Result) (n int) {
	for _, r := range results {
		if r.Status == claims.Differs || r.Status == claims.Failed {
			n++
		}
	}
	return n
}

// inDocument compares the text of a claim with the document that has it.
func inDocument(r *claims.Result, c claims.Claim, path string) {
	if c.In == "" || r.Status == claims.Failed {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		r.Status, r.Explain = claims.Failed, err.Error()
		return
	}
	if !containsText(string(text), c.Text) {
		r.Status = claims.Differs
		r.Explain += fmt.Sprintf("; %s does not contain %q", c.In, c.Text)
	}
}
