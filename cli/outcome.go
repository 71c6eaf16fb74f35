package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"whorl/pipeline"
)

// sayResult ends a run for a person to read.
func sayResult(w io.Writer, r *pipeline.Result, took time.Duration) {
	counts := map[pipeline.Status]int{}
	for _, s := range r.Stages {
		counts[s.Status]++
	}
	fmt.Fprintf(w, "run %s %s in %s: %d ran, %d cached", r.ID, r.State, seconds(took.Seconds()),
		counts[pipeline.Ran], counts[pipeline.Cached])
	for _, s := range []pipeline.Status{pipeline.Broken, pipeline.Skipped} {
		if n := counts[s]; n > 0 {
			fmt.Fprintf(w, ", %d %s", n, s)
		}
	}
	fmt.Fprintln(w)
	sayRejects(w, r)
	if text := figuresOf(r).String(); text != "" && r.State == pipeline.Done {
		fmt.Fprintln(w, text)
	}
}

// sayRejects says how many files a stage left out, which must not go unseen.
func sayRejects(w io.Writer, r *pipeline.Result) {
	for _, s := range r.Stages {
		for _, m := range s.Metrics {
			if m.Name == "rejects" && m.Value > 0 {
				fmt.Fprintf(w, "%s left out %.0f files: \"whorl artifact %s %s.rejects -o -\" lists them\n", s.Name, m.Value, r.ID, s.Name)
			}
		}
	}
}

const interrupted = "interrupted: what finished is kept; the same command goes on from there"

// outcome turns what a run came to into the command's error, having told what
// failed with the end of its log.
func outcome(ctx context.Context, w io.Writer, r *pipeline.Result, err error) error {
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
func failures(r *pipeline.Result) string {
	var b strings.Builder
	for _, s := range r.Stages {
		if s.Status != pipeline.Broken || s.Err == nil {
			continue
		}
		why := cause(s.Err)
		fmt.Fprintf(&b, "stage %q failed: %s\n", s.Name, firstLines(why.Error(), s.Log))
		for _, in := range sources(r, s.Name) {
			fmt.Fprintf(&b, "its input %q is %s\n", in.Name, in.Ref)
		}
		printLogTail(&b, s.Log, why)
	}
	return b.String()
}

// sources are the inputs of a stage that no other stage makes, by their paths:
// a stage itself never knows them.
func sources(r *pipeline.Result, stage string) []pipeline.InputRef {
	var found []pipeline.InputRef
	made := slices.ContainsFunc(r.RunInfo.Stages, func(p pipeline.Plan) bool { return p.Name == "data" })
	for _, plan := range r.RunInfo.Stages {
		if plan.Name != stage {
			continue
		}
		for _, in := range plan.Inputs {
			switch {
			case in.Ref == "data" && !made:
				found = append(found, pipeline.InputRef{Name: in.Name, Ref: r.Data})
			case strings.HasPrefix(in.Ref, ".") || strings.HasPrefix(in.Ref, "/"):
				found = append(found, in)
			}
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

// cause takes the stage's name off its error, for it has been said.
func cause(err error) error {
	var s *pipeline.StageError
	if errors.As(err, &s) {
		return s.Err
	}
	return err
}
