package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// A work is one stage with all that its key depends on.
type work struct {
	n      *spec.Node
	code   *spec.Identity
	inputs []record.Input
	ids    []string         // of the inputs' contents, as a key has them
	from   []store.Artifact // of the inputs that are outputs of other stages
	trees  []*tree.Tree     // of the inputs that are paths, else nil
	read   []*tree.Tree     // of the others, as they were before the stage ran
	again  bool             // the result is made again because it was damaged
	text   string
	key    string
	began  time.Time // with the monotonic clock
}

// prepare finds the digests of a stage's inputs, and with them its key.
func (r *run) prepare(ctx context.Context, n *spec.Node) (*work, error) {
	count := len(n.Inputs)
	w := &work{
		n: n, ids: make([]string, count), from: make([]store.Artifact, count),
		trees: make([]*tree.Tree, count), read: make([]*tree.Tree, count),
	}
	for i, in := range n.Inputs {
		w.inputs = append(w.inputs, record.Input{Name: in.Name, Ref: in.Ref})
		if in.From != nil {
			w.from[i] = r.upstream(in)
			w.inputs[i].Digest, w.ids[i] = w.from[i].Digest, w.from[i].ID()
			continue
		}
		t, err := r.scanner.Scan(ctx, in.Path)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", in.Name, err)
		}
		w.trees[i], w.inputs[i].Digest, w.ids[i] = t, t.Digest.String(), t.ID()
	}
	var err error
	if w.code, err = n.Code(ctx); err != nil {
		return nil, err
	}
	w.text = n.KeyText(w.code, w.ids)
	w.key = store.KeyOf(w.text)
	return w, nil
}

// upstream returns an output of a stage that has a result.
func (r *run) upstream(in *spec.Input) store.Artifact {
	if o := r.result.Stages[r.index[in.From]].Output(in.Output); o != nil {
		return o.Artifact
	}
	return store.Artifact{}
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

func artifacts(n *spec.Node) []store.Artifact {
	as := make([]store.Artifact, len(n.Kind.Outputs))
	for i, p := range n.Kind.Outputs {
		as[i] = store.Artifact{Name: p.Name, Dir: p.Dir}
	}
	slices.SortFunc(as, func(a, b store.Artifact) int { return strings.Compare(a.Name, b.Name) })
	return as
}

// task makes what a stage sees.
func (r *run) task(ctx context.Context, w *work, st *store.Staging, obs *observer, checkpoints string) *stage.Task {
	t := &stage.Task{
		Stage: w.n.Name, Params: w.n.Value, Seed: w.n.Seed,
		Inputs: map[string]stage.Input{}, OutDir: st.OutDir(), Observer: obs,
		Checkpoints: frozen{r.store.Checkpoints(checkpoints), ctx, w, r.o.Force},
	}
	for i, in := range w.n.Inputs {
		if in.From == nil {
			t.Inputs[in.Name] = stage.Input{Path: in.Path, Dir: w.trees[i].Dir}
			continue
		}
		t.Inputs[in.Name] = stage.Input{Path: r.store.Path(w.from[i]), Dir: w.from[i].Dir}
	}
	return t
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

// unedited checks that what a stage has read is as it was when the key was
// computed: paths by content where a stat cannot tell, and artifacts by stat.
func (w *work) unedited(ctx context.Context) error {
	for i, t := range w.read {
		if t == nil {
			continue
		}
		same, err := t.Unchanged(ctx, runtime.GOMAXPROCS(0))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || !same {
			return &EditedError{w.n.Name, w.inputs[i].Name, t.Root, nil}
		}
	}
	for i, t := range w.trees {
		if t == nil {
			continue
		}
		files, err := t.Edited(ctx, runtime.GOMAXPROCS(0))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || len(files) > 0 { // gone counts as edited
			return &EditedError{w.n.Name, w.inputs[i].Name, t.Root, files}
		}
	}
	return nil
}

// outputs adds what the ports say to what the store knows.
func outputs(n *spec.Node, artifacts []store.Artifact) []record.Output {
	outs := make([]record.Output, len(artifacts))
	for i, a := range artifacts {
		outs[i] = record.Output{Artifact: a}
		for _, p := range n.Kind.Outputs {
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
