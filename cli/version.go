package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func versionCommand(env *Env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and which kernels this CPU runs",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			kernels, err := env.app.kernels()
			if err != nil {
				return UsageError{err}
			}
			v := versionJSON{
				Version: env.app.version(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
				Kernels: kernels, Variant: env.app.variant(),
			}
			if asJSON {
				return writeJSON(env.Stdout, v)
			}
			_, err = fmt.Fprintf(env.Stdout, "whorl %s %s %s/%s kernels %s (numeric variant %s)\n",
				v.Version, v.Go, v.OS, v.Arch, v.Kernels, v.Variant)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

type versionJSON struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Kernels string `json:"kernels"`
	Variant string `json:"variant"`
}
