package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
)

// An Artifact is an artifact of a run, or a file or folder in one.
type Artifact struct {
	Output *record.Output
	Within string // slash-separated; empty: the whole artifact
	Path   string // where the store keeps it: to be read, never changed
}

// Artifact returns the artifact of a run that "stage.output" or
// "stage.output/path" names. It verifies the content. The error is a [*RefError] if
// there is none of that name, satisfies errors.Is(err, fs.ErrNotExist) if the store
// no longer has it, and is a [*store.DamagedError] if it was changed in the store.
func (w *Workspace) Artifact(ctx context.Context, r *record.Run, name string) (*Artifact, error) {
	full, within, slash := strings.Cut(name, "/")
	stage, output, ok := strings.Cut(full, ".")
	if !ok || stage == "" || output == "" {
		return nil, refErrorf("artifact %q: want STAGE.OUTPUT or STAGE.OUTPUT/PATH", name)
	}
	within = strings.TrimSuffix(within, "/")
	if slash && within != "" && (!fs.ValidPath(within) || within == ".") {
		return nil, refErrorf("artifact %q: the path after %s/ must lead to something within it", name, full)
	}
	a := &Artifact{Within: within}
	if s := r.Stage(stage); s != nil {
		a.Output = s.Output(output)
	}
	if a.Output == nil {
		return nil, unknownArtifact(r, full)
	}
	var err error
	if a.Path, err = w.store.Locate(ctx, a.Output.Artifact); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("artifact %s of run %s: it is no longer in the store: %w", full, r.ID, fs.ErrNotExist)
	} else if err != nil {
		return nil, fmt.Errorf("artifact %s of run %s: %w", full, r.ID, err)
	}
	if within == "" {
		return a, nil
	}
	if !a.Output.Dir {
		return nil, refErrorf("artifact %s of run %s is a file: %q names nothing in it", full, r.ID, within)
	}
	whole := a.Path
	a.Path = filepath.Join(whole, filepath.FromSlash(within))
	if _, err := os.Stat(a.Path); errors.Is(err, fs.ErrNotExist) {
		return nil, refErrorf("artifact %s of run %s has no %q%s", full, r.ID, within, yamlwalk.Suggest(within, filesIn(whole)))
	}
	return a, nil
}

func unknownArtifact(r *record.Run, name string) error {
	var have []string
	for _, s := range r.Stages {
		for _, o := range s.Outputs {
			have = append(have, s.Name+"."+o.Name)
		}
	}
	if len(have) == 0 {
		return refErrorf("run %s has state %q and no artifacts", r.ID, r.State)
	}
	return refErrorf("run %s has no artifact %q%s", r.ID, name, yamlwalk.Suggest(name, have))
}

// filesIn lists the files of a directory by their paths in it.
func filesIn(dir string) (files []string) {
	fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	return files
}
