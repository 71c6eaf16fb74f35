package use

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"whorl/cli"
	"whorl/cli/progress"
	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/verifier"
)

// Enroll returns the verb enroll.
func Enroll(env *cli.Env) *cobra.Command {
	var flags struct {
		model modelFlag
		out   string
		json  bool
	}
	c := &cobra.Command{
		Use:   "enroll DIR -o FILE",
		Short: "Make a gallery of the prints in a directory",
		Long: `enroll embeds the prints in all image files of a directory and those below it by
a trained network, and writes the embeddings to a gallery file, which identify
searches. A print's name in the gallery is its path below DIR. Files that are no
image or show no fingerprint are listed and left out. The gallery is written
whole or not at all.

Exit codes: 0 success; 1 something went wrong; 2 usage error, also a directory
without a print.`,
		Example: "  {app} enroll prints -o gallery.whorl",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkGalleryPath(flags.out); err != nil {
				return err
			}
			v, err := flags.model.verifier(cmd.Context())
			if err != nil {
				return err
			}
			done, err := enroll(cmd, env, v, args[0], flags.out)
			if err != nil {
				return err
			}
			if flags.json {
				return env.WriteJSON(enrolledOf(flags.out, done, v))
			}
			_, err = fmt.Fprintf(env.Stdout, "%s: %d prints enrolled, %d files refused\n", flags.out, done.Prints, len(done.Refused))
			return err
		},
	}
	flags.model.add(env, c)
	c.Flags().StringVarP(&flags.out, "output", "o", "", "the gallery `FILE` to write")
	c.Flags().BoolVar(&flags.json, "json", false, "print one JSON object")
	return c
}

// enrollment is what "enroll --json" prints.
type enrollment struct {
	Gallery string    `json:"gallery"`
	Prints  int       `json:"prints"`
	Refused []refusal `json:"refused"`
	Network string    `json:"network_sha256"`
}

type refusal struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

func enrolledOf(path string, e verifier.Enrolled, v *verifier.Verifier) enrollment {
	out := enrollment{path, e.Prints, []refusal{}, v.Model().Digest()}
	for _, r := range e.Refused {
		out.Refused = append(out.Refused, refusal{r.Name, r.Err.Error()})
	}
	return out
}

// enroll makes a gallery file, shows how far it is, and says what is refused.
func enroll(cmd *cobra.Command, env *cli.Env, v *verifier.Verifier, dir, file string) (verifier.Enrolled, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		if err == nil {
			err = errors.New("this is a file, want a directory of prints")
		}
		return verifier.Enrolled{}, cli.Usagef("%s: %w", dir, err)
	}
	d := progress.New(env.Stderr)
	defer d.Close()
	d.Started("enroll")
	started := time.Now()
	done, err := v.Enroll(cmd.Context(), dir, file, func(n, total int) {
		d.Progress("enroll", stage.Progress{Done: int64(n), Total: int64(total), Unit: "files"})
	})
	var path *fs.PathError
	switch {
	case err == nil:
	case cmd.Context().Err() != nil, errors.As(err, &path):
		return done, err
	default: // there is no print in the directory
		return done, usage(err)
	}
	d.Finished(record.Stage{Name: "enroll", Status: record.Ran, Seconds: time.Since(started).Seconds()})
	for _, r := range done.Refused {
		fmt.Fprintf(env.Stderr, "refused: %s: %v\n", r.Name, r.Err)
	}
	return done, nil
}

// checkGalleryPath refuses a path at which no gallery can be written.
func checkGalleryPath(path string) error {
	if path == "" {
		return cli.Usagef("-o is missing: name the gallery file to write")
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return cli.Usagef("-o %s: this is a directory, want a file", path)
	}
	parent := filepath.Dir(path)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return cli.Usagef("-o %s: there is no directory %s", path, parent)
	}
	return nil
}
