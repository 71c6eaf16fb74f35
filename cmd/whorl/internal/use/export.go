package use

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/siamese/model"
	"whorl/siamese/onnx"
)

// parts are the values of --part.
var parts = map[string]onnx.Part{"whole": onnx.Whole, "branch": onnx.Branch, "head": onnx.Head}

// formats are the files that export writes, by their extensions.
var formats = map[string]func(w io.Writer, m *model.Model, part onnx.Part) error{
	".onnx":        onnx.Write,
	".safetensors": func(w io.Writer, m *model.Model, _ onnx.Part) error { return m.WriteSafetensors(w) },
	".whorl":       func(w io.Writer, m *model.Model, _ onnx.Part) error { _, err := m.WriteTo(w); return err },
}

// Export returns the verb export.
func Export(env *cli.Env) *cobra.Command {
	var flags struct {
		model modelFlag
		out   string
		part  string
	}
	c := &cobra.Command{
		Use:   "export RUN|FILE -o FILE",
		Short: "Write the model of a run as ONNX, safetensors or a model file",
		Long: `export writes the model of a run, or in a model file, in the format that the
extension of the new file names:

  .onnx         ONNX, operator set 17, for ONNX Runtime and others. Pixels go in
                as float32 from 0 to 255; the normalisation is part of the graph
  .safetensors  the weights alone, with names and shapes as in PyTorch
  .whorl        a model file, which --model and the Go package verifier read

--part writes one part of the network as ONNX: "branch", from an image to its
code, or "head", from two codes to logit and probability; "whole" is both. Run,
digests and thresholds are in the metadata of each format. The file is written
whole or not at all.

Exit codes: 0 success; 1 something went wrong; 2 usage error.`,
		Example: `  {app} export last -o model.onnx
  {app} export last -o branch.onnx --part branch
  {app} export best:evaluate.eer -o model.whorl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if flags.out == "" {
				return cli.Usagef("-o is missing: name the file to write")
			}
			ext := strings.ToLower(filepath.Ext(flags.out))
			write := formats[ext]
			if write == nil {
				return cli.Usagef("-o %s: want a name that ends in .onnx, .safetensors or .whorl", flags.out)
			}
			part, ok := parts[flags.part]
			if !ok {
				return cli.Usagef("--part %q: want whole, branch or head", flags.part)
			}
			if part != onnx.Whole && ext != ".onnx" {
				return cli.Usagef("--part %s: only ONNX files hold one part; name a file that ends in .onnx", flags.part)
			}
			flags.model.ref = args[0]
			s, err := flags.model.load(cmd.Context())
			if err != nil {
				return err
			}
			m := s.model
			if s.run != "" {
				meta := m.Metadata
				meta.Run = s.run
				if m, err = model.New(m.Network, meta); err != nil {
					return err
				}
			}
			if err := replace(flags.out, func(w io.Writer) error { return write(w, m, part) }); err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.Stdout, flags.out)
			return err
		},
	}
	flags.model.open = env.Artifacts(c)
	c.Flags().StringVarP(&flags.out, "output", "o", "", "the `FILE` to write")
	c.Flags().StringVar(&flags.part, "part", "whole", "`PART` of the network: whole, branch or head")
	c.RegisterFlagCompletionFunc("part", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return slices.Sorted(maps.Keys(parts)), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}
