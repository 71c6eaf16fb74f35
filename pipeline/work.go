package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"

	"whorl/pipeline/internal/code"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// A work is one stage with all that its key depends on.
type work struct {
	n      *node
	code   *code.Identity
	inputs []InputResult
	trees  []*tree.Tree // of the inputs that are paths, else nil
	text   string
	key    string
}

// prepare finds the digests of a stage's inputs, and with them its key.
func (r *run) prepare(ctx context.Context, n *node) (*work, error) {
	w := &work{n: n, inputs: make([]InputResult, len(n.inputs)), trees: make([]*tree.Tree, len(n.inputs))}
	for i, in := range n.inputs {
		w.inputs[i] = InputResult{Name: in.name, Ref: in.ref}
		if in.from != nil {
			w.inputs[i].Digest = outputOf(&r.result.Stages[r.index[in.from]], in.output).Digest
			continue
		}
		t, err := r.sources.scan(ctx, in.path)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", in.name, err)
		}
		w.trees[i], w.inputs[i].Digest = t, t.Digest.String()
	}
	var err error
	if w.code, err = r.p.identify(n); err != nil {
		return nil, err
	}
	w.text = n.keyText(w.code, r.p.Seed, w.inputs)
	w.key = store.KeyOf(w.text)
	return w, nil
}

func outputOf(s *StageResult, name string) Output {
	for _, o := range s.Outputs {
		if o.Name == name {
			return o
		}
	}
	return Output{}
}

// extra returns the further objects of a manifest, and notes in it which they
// are: metrics, and the listings that the key's text names by digest.
func (w *work) extra(m *store.Manifest, obs *observer) (objects [][]byte, err error) {
	need := func(content []byte) string {
		objects = append(objects, content)
		return tree.Sum(content).String()
	}
	m.Needs = append(m.Needs, need(w.code.Text))
	for _, t := range w.trees {
		if t != nil && t.Dir {
			m.Needs = append(m.Needs, need(t.Text()))
		}
	}
	metrics, timings := obs.split()
	if len(metrics) > 0 {
		m.Metrics = need(encodeMetrics(metrics))
	}
	if len(timings) > 0 {
		m.Timings = json.RawMessage(encodeMetrics(timings))
	}
	return objects, nil
}

func (n *node) artifacts() []store.Artifact {
	as := make([]store.Artifact, len(n.kind.Outputs))
	for i, p := range n.kind.Outputs {
		as[i] = store.Artifact{Name: p.Name, Dir: p.Dir}
	}
	sortBy(as, func(a store.Artifact) string { return a.Name })
	return as
}

// task makes what a stage sees. Inputs from the store are looked at more
// closely than before, now that they are to be read.
func (r *run) task(ctx context.Context, w *work, st *store.Staging, obs *observer, checkpoints string) (*stage.Task, error) {
	t := &stage.Task{
		Stage: w.n.name, Params: w.n.value, Seed: w.n.seed(r.p.Seed),
		Inputs: map[string]stage.Input{}, OutDir: st.OutDir(), Observer: obs,
		Checkpoints: frozen{r.store.Checkpoints(checkpoints), ctx, w, r.o.Force},
	}
	for i, in := range w.n.inputs {
		if in.from == nil {
			t.Inputs[in.name] = stage.Input{Path: in.path, Dir: w.trees[i].Dir}
			continue
		}
		a := outputOf(&r.result.Stages[r.index[in.from]], in.output).Artifact()
		if err := r.store.Check(a); err != nil {
			return nil, fmt.Errorf("input %q: %w: \"whorl fsck\" sets it aside, and the next run makes it again", in.name, err)
		}
		t.Inputs[in.name] = stage.Input{Path: r.store.Path(a), Dir: a.Dir}
	}
	return t, nil
}

// frozen are checkpoints that are kept only as long as the inputs are what the
// key says: one that was made from other bytes would be found under it.
type frozen struct {
	stage.Checkpoints
	ctx    context.Context // of the execution, which is as long as the value lives
	w      *work
	afresh bool // goes on from none: who forces a stage wants all of it done again
}

func (f frozen) Latest(max int) (step int, r io.ReadCloser, err error) {
	if f.afresh {
		return 0, nil, nil
	}
	return f.Checkpoints.Latest(max)
}

func (f frozen) Save(step int, write func(io.Writer) error) error {
	if err := f.w.unedited(f.ctx); err != nil {
		return err
	}
	return f.Checkpoints.Save(step, write)
}

// unedited checks that the paths which a stage has read are as they were when
// its key was computed.
func (w *work) unedited(ctx context.Context) error {
	for i, t := range w.trees {
		if t == nil {
			continue
		}
		files, err := t.Edited(ctx, runtime.GOMAXPROCS(0))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || len(files) > 0 { // gone counts as edited
			return &EditedError{w.n.name, w.inputs[i].Name, t.Root, files}
		}
	}
	return nil
}

// outputs adds what the ports say to what the store knows.
func (n *node) outputs(artifacts []store.Artifact) []Output {
	outs := make([]Output, len(artifacts))
	for i, a := range artifacts {
		outs[i] = Output{Name: a.Name, Digest: a.Digest, Bytes: a.Bytes, Dir: a.Dir}
		for _, p := range n.kind.Outputs {
			if p.Name == a.Name {
				outs[i].Type = p.Type
				if p.Dir && p.Type == "" {
					outs[i].Type = stage.TypeTree
				}
			}
		}
	}
	return outs
}

// Artifact returns where an output is in the store.
func (o Output) Artifact() store.Artifact {
	return store.Artifact{Name: o.Name, Digest: o.Digest, Bytes: o.Bytes, Dir: o.Dir}
}
