package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
)

// Artifact returns the output "stage.output" of a run and where the store keeps
// it: a file or directory that is read and never changed. The error is a
// [*RefError] if the run has no such output, and satisfies errors.Is(err,
// fs.ErrNotExist) if the store no longer has it.
func (w *Workspace) Artifact(r *record.Run, name string) (out *record.Output, path string, err error) {
	stage, output, ok := strings.Cut(name, ".")
	if !ok || stage == "" || output == "" {
		return nil, "", refErrorf("artifact %q: want STAGE.OUTPUT", name)
	}
	if s := r.Stage(stage); s != nil {
		out = s.Output(output)
	}
	if out == nil {
		var have []string
		for _, s := range r.Stages {
			for _, o := range s.Outputs {
				have = append(have, s.Name+"."+o.Name)
			}
		}
		if len(have) == 0 {
			return nil, "", refErrorf("run %s, which is %s, has no artifacts", r.ID, r.State)
		}
		return nil, "", refErrorf("run %s has no artifact %q%s; \"whorl show %s\" lists them", r.ID, name, yamlwalk.Suggest(name, have), r.ID)
	}
	path = w.store.Path(out.Artifact)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return out, "", fmt.Errorf("artifact %s of run %s is no longer in the store: run it again with \"whorl run\": %w", name, r.ID, fs.ErrNotExist)
	}
	return out, path, nil
}
