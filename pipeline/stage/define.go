package stage

import (
	"context"
	"fmt"
)

// Define returns k with the given default parameters, of the struct type P,
// and with a Run that hands the resolved parameters to run with their type.
// The package that declares run is the stage's code, as Kind.Run says.
func Define[P any](k Kind, defaults P, run func(context.Context, *Task, P) error) Kind {
	k.Params, k.code = defaults, run
	k.Run = func(ctx context.Context, t *Task) error {
		p, ok := t.Params.(P)
		if !ok {
			return fmt.Errorf("stage %q: parameters are of type %T, not %T", t.Stage, t.Params, defaults)
		}
		return run(ctx, t, p)
	}
	return k
}

// Code returns the functions and types whose packages are the code of the
// kind: the engine identifies a kind by these packages and all that they
// import.
func (k Kind) Code() []any {
	code := []any{k.Params}
	if k.code != nil {
		code = append(code, k.code)
	} else {
		code = append(code, k.Run)
	}
	if k.Variant != nil {
		code = append(code, k.Variant)
	}
	return code
}
