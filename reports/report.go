package reports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"whorl/pipeline/record"
	figures "whorl/pipeline/stage/figure"
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

	// Question is what the sweep is to answer; Baseline gives parameters of the
	// configuration that others are compared with, and Objective is the metric
	// by which a search chose. All may be empty.
	Question  string
	Baseline  map[string]any
	Objective string

	// Notes are sentences that the experiment adds to the answer.
	Notes []string

	// Metric is what runs are ranked by, such as "score.error". Default: the
	// primary metric of the stages. A metric without a goal ranks nothing.
	Metric string

	// Pictures says how pictures are embedded. Default: [Thumbnails].
	Pictures Pictures

	// MaxPictureBytes bounds the pictures that are embedded, over all runs, of
	// which there are 24 of an output at most; those left out are named. Default:
	// 12 MiB of full size, 1.5 MiB of thumbnails.
	MaxPictureBytes int64
}

const (
	defaultFullBytes  = 12 << 20
	defaultThumbBytes = 3 << 19
)

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
	if opts.Pictures == "" {
		opts.Pictures = Thumbnails
	}
	if opts.MaxPictureBytes == 0 {
		opts.MaxPictureBytes = defaultThumbBytes
		if opts.Pictures == FullSize {
			opts.MaxPictureBytes = defaultFullBytes
		}
	}
	l := &loader{src: src, contents: map[string]content{}, sets: map[string]*figures.Set{}}
	p, err := newPage(ctx, l, newTrials(runs), opts)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := templates().ExecuteTemplate(buffered, "page.html", p); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return buffered.Flush()
}
