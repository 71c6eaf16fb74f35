package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

// reproductionJSON is what "reproduce --json" prints.
type reproductionJSON struct {
	Run       string           `json:"run"`
	Identical bool             `json:"identical"`
	Artifacts []artifactJSON   `json:"artifacts"`
	Changes   []explain.Reason `json:"changes"` // what has changed since
}

type artifactJSON struct {
	Name       string `json:"name"`
	Identical  bool   `json:"identical"`
	SameKey    bool   `json:"same_key"` // made by the same code from the same inputs, as far as the key tells
	Recorded   string `json:"recorded"`
	Reproduced string `json:"reproduced"` // empty if it was not made
}

func compareArtifacts(r *track.Run, again *pipeline.Result) *reproductionJSON {
	made := map[string]pipeline.StageResult{}
	for _, s := range again.Stages {
		made[s.Name] = s
	}
	j := &reproductionJSON{Run: r.ID, Identical: true, Artifacts: []artifactJSON{}, Changes: []explain.Reason{}}
	for _, s := range r.Stages {
		digests := map[string]string{}
		for _, o := range made[s.Name].Outputs {
			digests[o.Name] = o.Digest
		}
		for _, o := range s.Outputs {
			a := artifactJSON{
				Name: s.Name + "." + o.Name, Recorded: o.Digest, Reproduced: digests[o.Name],
				Identical: o.Digest == digests[o.Name], SameKey: s.Key == made[s.Name].Key,
			}
			j.Identical = j.Identical && a.Identical
			j.Artifacts = append(j.Artifacts, a)
		}
	}
	return j
}

// changesSince says what the run depended on that is different now: code,
// data, versions. What follows from that, such as the inputs of later stages,
// is left out.
func changesSince(ctx context.Context, st *store.Store, p *spec.Pipeline, r *track.Run, again *pipeline.Result) ([]explain.Reason, error) {
	recorded, made := map[string]string{}, map[string]bool{} // keys by stage; references to outputs
	for _, s := range r.Stages {
		recorded[s.Name] = s.Key
		for _, o := range s.Outputs {
			made[s.Name+"."+o.Name] = true
		}
	}
	changes := []explain.Reason{}
	explained := map[string]bool{}
	for i := len(again.Stages) - 1; i >= 0; i-- { // one explanation also covers the stages before
		s := again.Stages[i]
		if s.Key == "" || s.Key == recorded[s.Name] || explained[s.Name] {
			continue
		}
		x, err := explain.Why(ctx, st, p, s.Name, r.ID)
		if err != nil {
			return nil, fmt.Errorf("what has changed since run %s: %w", r.ID, err)
		}
		var found []explain.Reason
		for _, why := range x.Reasons {
			if explained[why.Stage] || why.What == "upstream" || why.What == "input" && made[why.From] {
				continue
			}
			found = append(found, why)
		}
		for _, why := range x.Reasons {
			explained[why.Stage] = true
		}
		changes = append(changes, found...)
	}
	return changes, nil
}

func printReproduction(to io.Writer, j *reproductionJSON) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ARTIFACT\tSTATUS\tRECORDED\tREPRODUCED")
	same := 0
	var unsure []string
	for _, a := range j.Artifacts {
		status := "DIFFERS"
		switch {
		case a.Identical:
			status = "identical"
			same++
		case a.Reproduced == "":
			status = "NOT MADE"
		case a.SameKey:
			unsure = append(unsure, a.Name)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Name, status, short(a.Recorded), short(a.Reproduced))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(to, "run %s: %d of %d artifacts are identical, bit for bit\n", j.Run, same, len(j.Artifacts))
	if len(unsure) > 0 {
		fmt.Fprintf(to, "the same code made others from the same inputs; not deterministic, or a machine erred: %s\n", strings.Join(unsure, ", "))
	}
	if len(j.Changes) > 0 {
		fmt.Fprintln(to, "what has changed since:")
	}
	for _, c := range j.Changes {
		lead := "stage " + c.Stage + ": "
		if c.What == "param" {
			lead = "" // it begins with the stage
		}
		fmt.Fprintf(to, "  %s%s\n", lead, c)
	}
	return nil
}
