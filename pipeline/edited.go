package pipeline

import (
	"fmt"

	"whorl/pipeline/store/tree"
)

// An EditedError says that an input was edited while a stage read it.
type EditedError struct {
	Stage, Input string
	Path         string
	Files        []string // below Path; none if Path is a file
}

func (e *EditedError) Error() string {
	what := e.Path
	if len(e.Files) > 0 && e.Files[0] != "" {
		what = fmt.Sprintf("%s: %s", e.Path, tree.FirstFew(e.Files))
	}
	return fmt.Sprintf("input %q was edited while the stage ran (%s), so the result was not kept: run it again when nothing writes there", e.Input, what)
}
