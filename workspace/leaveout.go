package workspace

import (
	"fmt"
	"os"

	"whorl/pipeline/record"
	"whorl/pipeline/stage/leaveout"
)

// LeaveOneOut returns the table of leave-one-out values that a stage of a run
// wrote, and nil if it wrote none or the store no longer has it. It is what
// package compare takes as LeaveOneOut.
func (w *Workspace) LeaveOneOut(r *record.Run, stage string) (*leaveout.Table, error) {
	s := r.Stage(stage)
	if s == nil {
		return nil, nil
	}
	for _, o := range s.Outputs {
		if o.Type != leaveout.MediaType {
			continue
		}
		text, err := os.ReadFile(w.store.Path(o.Artifact))
		if os.IsNotExist(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		table, err := leaveout.Decode(text)
		if err != nil {
			return nil, fmt.Errorf("artifact %s.%s of run %s: %w", stage, o.Name, r.ID, err)
		}
		return table, nil
	}
	return nil, nil
}
