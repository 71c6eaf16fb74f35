package synthetic

import (
	"context"
	"sync"

	"whorl/fingerprint/synth"
	"whorl/pipeline/stage"
)

// Output is the name of the only output: the tree of prints.
const Output = "prints"

// Params are the parameters of the data set.
type Params struct {
	Subjects int `param:"subjects" min:"2" max:"65535" doc:"how many people; each has 10 prints and 90 altered ones"`
	Seed     int `param:"seed" min:"0" doc:"seed of the prints, apart from that of the run"`
}

// Kind returns the data source.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "synthetic",
		Doc:  "a tree of synthetic prints in the layout of SOCOFing",
		Outputs: []stage.Port{
			{Name: Output, Doc: "Real and Altered, as SOCOFing has them", Type: stage.TypeTree, Dir: true},
		},
		Params: Params{Subjects: 12, Seed: 1},
		Run:    run,
	}
}

func run(ctx context.Context, t *stage.Task) error {
	p := t.Params.(Params)
	dir, err := t.CreateDir(Output)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var most int
	report := func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if done > most { // reports of several cores may overtake one another
			most = done
			t.Progress(stage.Progress{Done: int64(done), Total: int64(total), Unit: "files"})
		}
	}
	o := synth.Options{Subjects: p.Subjects, Seed: uint64(p.Seed)}
	return synth.WriteTree(ctx, dir, o, report)
}
