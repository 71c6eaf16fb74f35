package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"whorl/workspace"
)

func printReproduction(to io.Writer, j *workspace.Reproduction) error {
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
