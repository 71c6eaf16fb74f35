package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"whorl/stages/train"
)

func versionCommand(env *environment) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and which kernels this CPU runs",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			kernels, err := train.Kernels()
			if err != nil {
				return usageError{err}
			}
			v := versionJSON{
				Version: version(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
				Kernels: kernels, Variant: variant(),
			}
			if asJSON {
				return writeJSON(env.stdout, v)
			}
			_, err = fmt.Fprintf(env.stdout, "whorl %s %s %s/%s kernels %s (numeric variant %s)\n",
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

// version is that of the module, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" {
		return v
	}
	return "(devel)"
}

// variant is the numeric variant that training runs in.
func variant() string {
	if v := train.Kind().Variant; v != nil {
		return v()
	}
	return ""
}
