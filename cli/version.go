package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"whorl/pipeline/command/isolate"
)

func versionCommand(env *Env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, which kernels this CPU runs, and how commands are isolated",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			kernels, err := env.app.kernels()
			if err != nil {
				return UsageError{err}
			}
			v := versionJSON{
				Version: env.app.version(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
				Kernels: kernels, Variant: env.app.variant(), Commands: isolate.Detect().String(),
			}
			if asJSON {
				return writeJSON(env.Stdout, v)
			}
			text := fmt.Sprintf("%s %s %s %s/%s", env.app.Name, v.Version, v.Go, v.OS, v.Arch)
			if v.Kernels != "" {
				text += " kernels " + v.Kernels
			}
			if v.Variant != "" {
				text += fmt.Sprintf(" (numeric variant %s)", v.Variant)
			}
			_, err = fmt.Fprintf(env.Stdout, "%s\ncommands run in a %s\n", text, v.Commands)
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

	Commands string `json:"commands"` // how firmly they are held: see package isolate
}

// version returns the program's version with the commit that it was built
// from, as build metadata of semantic versioning: "0.2.0+1a2b3c4d5e6f.dirty".
func (a App) version() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case !ok && a.Version == "":
		return "unknown"
	case !ok:
		return a.Version
	case a.Version == "" && info.Main.Version == "":
		return "(devel)"
	case a.Version == "":
		return info.Main.Version
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	version := a.Version
	if commit := settings["vcs.revision"]; commit != "" {
		version += "+" + commit[:min(len(commit), 12)]
		if settings["vcs.modified"] == "true" {
			version += ".dirty"
		}
	}
	return version
}
