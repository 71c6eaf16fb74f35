package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"whorl/fingerprint"
	"whorl/pipeline/stage"
	"whorl/stages/internal/dataset"
	"whorl/stages/internal/npy"
)

// An ingestion is one run of the stage.
type ingestion struct {
	task    *stage.Task
	params  Params
	dir     string // of the output
	decoder *decoder
	checker *checker

	files, done int
	names       map[string][]string // of the rows, by subset, as paths in the tree
	rejects     []reject
}

func run(ctx context.Context, t *stage.Task, p Params) error {
	tree, err := openTree(t.Inputs[prints].FS())
	if err != nil {
		return err
	}
	listed, err := list(tree)
	if err != nil {
		return err
	}
	dir, err := t.CreateDir(prints)
	if err != nil {
		return err
	}
	in := &ingestion{
		task:    t,
		params:  p,
		dir:     dir,
		decoder: newDecoder(tree, p.Size[0], p.Size[1]),
		checker: newChecker(),
		names:   make(map[string][]string),
		rejects: []reject{}, // in JSON, [] rather than null
	}
	for _, names := range listed {
		in.files += len(names)
	}
	for s := range fingerprint.Subsets { // Real first: the others are checked against it
		if err := in.subset(ctx, s, listed[s]); err != nil {
			return fmt.Errorf("ingest %s: %w", s.Dir(), err)
		}
	}
	if len(in.rejects) > 0 && p.OnReject == "fail" {
		return &rejected{in.rejects, in.files, "repair them, or set " + t.Stage + ".on_reject to skip to leave them out"}
	}
	return in.finish()
}

// subset decodes the named files of a subset, in order, into its array.
func (in *ingestion) subset(ctx context.Context, s fingerprint.Subset, names []string) error {
	out, err := os.Create(filepath.Join(in.dir, dataset.ImagesFile(s)))
	if err != nil {
		return err
	}
	defer out.Close()
	// Only when all are decoded is it known how many rows there are.
	w, err := npy.NewWriter(out, len(names), in.params.Size[0], in.params.Size[1])
	if err != nil {
		return err
	}
	in.checker.subset()
	in.names[s.String()] = []string{}
	for len(names) > 0 {
		n := min(in.decoder.batch, len(names))
		if err := in.batch(ctx, s, names[:n], w); err != nil {
			return err
		}
		names = names[n:]
		in.done += n
		in.task.Progress(stage.Progress{Phase: s.String(), Done: int64(in.done), Total: int64(in.files), Unit: "files"})
	}
	if err := w.Shorten(len(in.names[s.String()])); err != nil {
		return err
	}
	return errors.Join(w.Close(), out.Close())
}

// batch checks and decodes some files and writes the rows of those that pass.
func (in *ingestion) batch(ctx context.Context, s fingerprint.Subset, names []string, w *npy.Writer) error {
	files := make([]string, len(names))
	refused := make([]error, len(names))
	for i, name := range names {
		files[i] = inTree(s, name)
		refused[i] = in.checker.check(s, name)
	}
	rows, err := in.decoder.decode(ctx, files, refused)
	if err != nil {
		return err
	}
	size := in.decoder.size
	for i, name := range names {
		if err := refused[i]; err != nil {
			_, follows := err.(errFollows)
			in.rejects = append(in.rejects, reject{files[i], err.Error(), follows})
			continue
		}
		in.checker.taken(s, name)
		in.names[s.String()] = append(in.names[s.String()], files[i])
		if _, err := w.Write(rows[i*size : (i+1)*size]); err != nil {
			return err
		}
	}
	return nil
}

// finish writes what is known when all subsets are done.
func (in *ingestion) finish() error {
	for s := range fingerprint.Subsets {
		n := len(in.names[s.String()])
		if n == 0 {
			return fmt.Errorf("ingest %s: no image is left: %w", s.Dir(), &rejected{in.rejects, in.files, "repair some of them"})
		}
		in.task.Metric(s.String(), float64(n))
	}
	in.task.Metric("rejects", float64(len(in.rejects)))
	if n := len(in.rejects); n > 0 {
		in.task.Logf("%d of %d files were refused and left out; %s/%s lists them", n, in.files, prints, dataset.RejectsFile)
	}
	return errors.Join(
		dataset.WriteJSON(in.dir, dataset.NamesFile, in.names),
		dataset.WriteJSON(in.dir, dataset.RejectsFile, in.rejects),
	)
}
