package use

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/fingerprint/quality"
	"whorl/verifier"
	"whorl/verifier/gallery"
)

// Identify returns the verb identify.
func Identify(env *cli.Env) *cobra.Command {
	var flags struct {
		model     modelFlag
		threshold thresholdFlags
		gallery   string
		top       int
		json      bool
	}
	c := &cobra.Command{
		Use:   "identify PROBE --gallery FILE|DIR",
		Short: "Find the prints of a gallery that are most like a probe",
		Long: `identify compares a print with every one in a gallery, a file that enroll wrote
or a directory of prints, and lists those that are most like it, best first. A
candidate is a match if its score reaches the threshold. The false match rate is
that of one comparison: in a gallery of many prints more of them match by chance.

Exit codes: 0 the best candidate is a match; 3 no candidate is; 1 something went
wrong; 2 usage error, also a file that is not a print or not a gallery of this
model.`,
		Example: `  {app} identify probe.png --gallery gallery.whorl
  {app} identify probe.png --gallery prints --top 10 --fmr 0.01% --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.gallery == "" {
				return cli.Usagef("--gallery is missing: name a gallery file or a directory of prints")
			}
			if flags.top < 1 {
				return cli.Usagef("--top %d: want at least 1", flags.top)
			}
			v, err := flags.model.verifier(cmd.Context())
			if err != nil {
				return err
			}
			d, err := flags.threshold.choose(v)
			if err != nil {
				return err
			}
			probe, seen, err := readPrint(args[0])
			if err != nil {
				return err
			}
			e, err := v.Embed(cmd.Context(), probe)
			if err != nil {
				return err
			}
			g, err := openGallery(cmd, env, v, flags.gallery)
			if err != nil {
				return err
			}
			defer g.Close()
			found, err := v.Identify(cmd.Context(), g, e[0], flags.top)
			if err != nil {
				return err
			}
			out := identification{args[0], g.Len(), []candidate{}, d.json(), seen, v.Model().Digest()}
			for _, c := range found {
				out.Candidates = append(out.Candidates, candidate{c, c.Match(d.Threshold)})
			}
			if flags.json {
				err = env.WriteJSON(out)
			} else {
				err = out.write(env, d)
			}
			if err == nil && !out.Candidates[0].Match { // a gallery is never empty
				err = cli.ExitError{Code: noMatch}
			}
			return err
		},
	}
	flags.model.add(env, c)
	flags.threshold.add(c)
	c.Flags().StringVar(&flags.gallery, "gallery", "", "gallery `FILE` that enroll wrote, or directory of prints")
	c.Flags().IntVar(&flags.top, "top", 5, "list the best `N` candidates")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// identification is what "identify --json" prints.
type identification struct {
	Probe      string         `json:"probe"`
	Gallery    int            `json:"gallery_prints"`
	Candidates []candidate    `json:"candidates"` // best first
	Threshold  thresholdJSON  `json:"threshold"`
	Quality    quality.Report `json:"quality"`
	Network    string         `json:"network_sha256"`
}

type candidate struct {
	verifier.Candidate
	Match bool `json:"match"`
}

func (out *identification) write(env *cli.Env, d decision) error {
	w := tabwriter.NewWriter(env.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "RANK\tPROBABILITY\tDECISION\tNAME\n")
	for i, c := range out.Candidates {
		fmt.Fprintf(w, "%d\t%.6f\t%s\t%s\n", i+1, c.Probability, outcome(c.Match), c.Name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "\nsearched     %d prints\n", out.Gallery)
	d.write(env.Stdout)
	return nil
}

// openGallery opens a gallery file, or one made for this call of a directory.
func openGallery(cmd *cobra.Command, env *cli.Env, v *verifier.Verifier, path string) (*gallery.Gallery, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, cli.Usagef("--gallery: %w", err)
	}
	if !info.IsDir() {
		g, err := v.OpenGallery(path)
		return g, usage(err)
	}
	tmp, err := os.MkdirTemp("", "whorl-gallery-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp) // the open gallery stays mapped
	file := filepath.Join(tmp, "gallery")
	if _, err := enroll(cmd, env, v, path, file); err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		return nil, fmt.Errorf("--gallery: %w", err)
	}
	return v.OpenGallery(file)
}
