package gather

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"whorl/pipeline/stage"
	"whorl/pipeline/store/place"
)

// Kind is the name of the kind.
const Kind = "gather"

// Items is the output that lists the items.
const Items = "items"

// A Spec says what is gathered.
type Spec struct {
	Outputs []string // names of the outputs, without Items
	Items   string   // content of the output Items, in JSON
}

// Kind returns the kind of stage that gathers. The task's parameters must be the
// Spec.
func (s Spec) Kind() stage.Kind {
	k := stage.Kind{Name: Kind, Doc: "the outputs of a foreach stage, in one directory each", Run: run}
	for _, name := range s.Outputs {
		k.Outputs = append(k.Outputs, stage.Port{Name: name, Dir: true, Type: stage.TypeTree})
	}
	k.Outputs = append(k.Outputs, stage.Port{Name: Items, Type: stage.TypeJSON})
	return k
}

func run(ctx context.Context, t *stage.Task) error {
	s, ok := t.Params.(Spec)
	if !ok {
		return fmt.Errorf("parameters are %T, want a gather.Spec", t.Params)
	}
	for _, name := range s.Outputs {
		if err := os.Mkdir(filepath.Join(t.OutDir, name), 0o777); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Inputs)) {
		if err := place.Copy(ctx, t.Inputs[name].Path, filepath.Join(t.OutDir, name)); err != nil {
			return fmt.Errorf("gather %s: %w", name, err)
		}
	}
	return t.WriteFile(Items, []byte(s.Items))
}
