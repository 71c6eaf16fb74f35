package reports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"whorl/pipeline/record"
)

// A Source is where runs and their artifacts are read from.
type Source interface {
	// Runs returns the runs to compare, in the order to show them.
	Runs(ctx context.Context) ([]*record.Run, error)
	// Series returns the points of a metric of a run, steps ascending.
	Series(ctx context.Context, run, stage, metric string) (record.Metrics, error)
	// Open opens the artifact with that digest, or "DIGEST/FILE": a file of
	// one that is a directory. The error is fs.ErrNotExist if the store no
	// longer has it.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
}

// Options say what a report is called and how much it may hold.
type Options struct {
	Title    string    // default "Comparison of N runs"
	Sweep    string    // name of the sweep, or empty
	Written  time.Time // shown as when it was written; zero: not shown
	Commands []string  // shown as how to make the report again
	Version  string    // of whorl

	// Metric is what runs are ranked by, such as "evaluate.eer". Default: the
	// first that the runs have of EER, ROC AUC, loss and accuracy.
	Metric string

	// MaxPictureBytes bounds the pictures that are embedded, over all runs, of
	// which there are 24 of an output at most; those left out are named.
	// Default 12 MiB.
	MaxPictureBytes int64
}

const defaultMaxPictureBytes = 12 << 20

// Write writes the report of src's runs to w as HTML in UTF-8. It returns
// errors of src and w; missing and damaged artifacts are reported on the page.
func Write(ctx context.Context, w io.Writer, src Source, opts Options) error {
	runs, err := src.Runs(ctx)
	if err != nil {
		return fmt.Errorf("reading the runs of the report: %w", err)
	}
	if len(runs) == 0 {
		return errors.New("no runs to report: record one with whorl run")
	}
	if opts.MaxPictureBytes == 0 {
		opts.MaxPictureBytes = defaultMaxPictureBytes
	}
	trials := newTrials(runs)
	ex, err := load(ctx, src, trials, opts)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := templates().ExecuteTemplate(buffered, "page.html", newPage(trials, ex, opts)); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return buffered.Flush()
}
