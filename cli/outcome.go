package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"whorl/pipeline/record"
)

// sayResult ends a run for a person to read.
func sayResult(w io.Writer, app string, r *record.Run, took time.Duration) {
	counts := map[record.Status]int{}
	for _, s := range r.Stages {
		counts[s.Status]++
	}
	fmt.Fprintf(w, "run %s %s in %s: %d ran, %d cached", r.ID, r.State, seconds(took.Seconds()),
		counts[record.Ran], counts[record.Cached])
	for _, s := range []record.Status{record.StageFailed, record.Skipped} {
		if n := counts[s]; n > 0 {
			fmt.Fprintf(w, ", %d %s", n, s)
		}
	}
	fmt.Fprintln(w)
	sayRejects(w, app, r)
	if text := figuresOf(r).String(); text != "" && r.State == record.Done {
		fmt.Fprintln(w, text)
	}
}

// sayRejects says how many files a stage left out, so that it is noticed.
func sayRejects(w io.Writer, app string, r *record.Run) {
	for _, s := range r.Stages {
		for _, m := range s.Metrics {
			if m.Name == "rejects" && m.Value > 0 {
				fmt.Fprintf(w, "%s left out %.0f files: \"%s artifact %s %s.prints/rejects.json -o -\" lists them\n", s.Name, m.Value, app, r.ID, s.Name)
			}
		}
	}
}

const interrupted = "interrupted: what finished is kept; the same command goes on from there"

// outcome turns what a run came to into the command's error, having told what
// failed with the end of its log.
func outcome(ctx context.Context, w io.Writer, r *record.Run, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		fmt.Fprintln(w, interrupted)
		return errReported
	}
	text := failures(r)
	if text == "" {
		return err
	}
	fmt.Fprint(w, "\n"+text)
	return errReported
}

// failures describes the stages that failed, each with the end of its log.
func failures(r *record.Run) string {
	var b strings.Builder
	for _, s := range r.Stages {
		if s.Status != record.StageFailed {
			continue
		}
		fmt.Fprintf(&b, "stage %q failed: %s\n", s.Name, firstLines(s.Error, s.Log))
		for _, in := range sources(r, s) {
			fmt.Fprintf(&b, "its input %q is %s\n", in.Name, in.Ref)
		}
		printLogTail(&b, s.Log, s.Error)
	}
	return b.String()
}

// sources are the inputs of a stage that no other stage makes, by their paths:
// a stage itself never knows them.
func sources(r *record.Run, s record.Stage) []record.Input {
	var found []record.Input
	for _, in := range s.Inputs {
		switch {
		case in.Ref == "data" && r.Stage("data") == nil:
			found = append(found, record.Input{Name: in.Name, Ref: r.Data})
		case strings.HasPrefix(in.Ref, ".") || strings.HasPrefix(in.Ref, "/"):
			found = append(found, in)
		}
	}
	return found
}

// firstLines cuts an error that lists very many things to what a person reads;
// the log has all of it.
func firstLines(text, log string) string {
	const most = 100
	lines := strings.Split(text, "\n")
	if len(lines) <= most+1 || log == "" {
		return text
	}
	return fmt.Sprintf("%s\n  ... and %d lines more, in %s", strings.Join(lines[:most], "\n"), len(lines)-most, log)
}
