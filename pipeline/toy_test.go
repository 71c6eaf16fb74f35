package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

// A lab is a store, a pipeline's directory and toy kinds that count how often
// they are executed.
type lab struct {
	t     *testing.T
	dir   string
	store *store.Store
	reg   *spec.Registry
	ran   sync.Map // stage name -> *atomic.Int64
	hook  func(ctx context.Context, t *stage.Task) error
}

type writeParams struct {
	Text string `param:"text"`
}

type repeatParams struct {
	Times int `param:"times" min:"0" max:"9"`
}

func (l *lab) count(name string) int {
	if n, ok := l.ran.Load(name); ok {
		return int(n.(*atomic.Int64).Load())
	}
	return 0
}

// kind is a toy whose Run is counted.
func (l *lab) kind(k stage.Kind, f func(t *stage.Task) error) stage.Kind {
	k.Run = func(ctx context.Context, t *stage.Task) error {
		n, _ := l.ran.LoadOrStore(t.Stage, new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		if l.hook != nil {
			if err := l.hook(ctx, t); err != nil {
				return err
			}
		}
		return f(t)
	}
	return k
}

func port(names ...string) []stage.Port {
	ports := make([]stage.Port, len(names))
	for i, n := range names {
		ports[i] = stage.Port{Name: n}
	}
	return ports
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, dir: t.TempDir(), reg: pipeline.NewRegistry()}
	var err error
	if l.store, err = store.Open(filepath.Join(l.dir, "artifacts")); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		l.reg.Register(
			l.kind(stage.Kind{Name: "write", Outputs: port("out"), Params: writeParams{Text: "hello"}}, func(t *stage.Task) error {
				return t.WriteFile("out", []byte(t.Params.(writeParams).Text))
			}),
			l.kind(stage.Kind{Name: "copy", Inputs: port("in"), Outputs: port("out")}, func(t *stage.Task) error {
				b, err := t.ReadAll("in")
				if err != nil {
					return err
				}
				return t.WriteFile("out", b)
			}),
			l.kind(stage.Kind{Name: "repeat", Inputs: port("in"), Outputs: port("out"), Params: repeatParams{Times: 2}}, func(t *stage.Task) error {
				b, err := t.ReadAll("in")
				if err != nil {
					return err
				}
				t.Metric("length", float64(len(b)))
				t.MetricAt("half", 1, float64(len(b))/2)
				t.Timing("seconds", stage.NoStep, 1.5)
				t.Logf("repeating %q", b)
				return t.WriteFile("out", bytes.Repeat(b, t.Params.(repeatParams).Times))
			}),
			l.kind(stage.Kind{Name: "length", Inputs: port("in"), Outputs: port("out")}, func(t *stage.Task) error {
				b, err := t.ReadAll("in")
				if err != nil {
					return err
				}
				return t.WriteFile("out", fmt.Append(nil, len(b)))
			}),
			l.kind(stage.Kind{Name: "dice", Outputs: port("out"), Random: true}, func(t *stage.Task) error {
				return t.WriteFile("out", fmt.Append(nil, t.Seed))
			}),
			l.kind(stage.Kind{Name: "list", Inputs: []stage.Port{{Name: "dir", Dir: true}}, Outputs: port("out")}, func(t *stage.Task) error {
				var names []string
				err := filepath.WalkDir(t.Inputs["dir"].Path, func(p string, d os.DirEntry, err error) error {
					names = append(names, filepath.Base(p))
					return err
				})
				return errors.Join(err, t.WriteFile("out", []byte(strings.Join(names[1:], "\n"))))
			}),
		),
		l.reg.RegisterData(l.kind(stage.Kind{
			Name: "numbers", Params: repeatParams{Times: 3}, Outputs: []stage.Port{{Name: "files", Dir: true}},
		}, func(t *stage.Task) error {
			dir, err := t.CreateDir("files")
			for i := range t.Params.(repeatParams).Times {
				err = errors.Join(err, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), fmt.Append(nil, i), 0o666))
			}
			return err
		})),
	)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lab) parse(text string, set ...string) *spec.Pipeline {
	l.t.Helper()
	p, err := l.reg.Parse(filepath.Join(l.dir, "pipeline.yaml"), []byte(text), spec.Settings{Set: set})
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// run runs a pipeline that must succeed and returns "name:status ..." .
func (l *lab) run(p *spec.Pipeline, o pipeline.Options) (string, *record.Run) {
	l.t.Helper()
	res, err := pipeline.NewEngine(l.store).Run(l.t.Context(), p, o)
	if err != nil {
		l.t.Fatal(err)
	}
	return statuses(res), res
}

func statuses(res *record.Run) string {
	var s []string
	for _, st := range res.Stages {
		s = append(s, st.Name+":"+string(st.Status))
	}
	return strings.Join(s, " ")
}

// content reads an output of a result.
func (l *lab) content(res *record.Run, name string) string {
	l.t.Helper()
	stageName, output, _ := strings.Cut(name, ".")
	for _, s := range res.Stages {
		for _, o := range s.Outputs {
			if s.Name == stageName && o.Name == output {
				b, err := os.ReadFile(l.store.Path(o.Artifact))
				if err != nil {
					l.t.Fatal(err)
				}
				return string(b)
			}
		}
	}
	l.t.Fatalf("no output %s in %s", name, statuses(res))
	return ""
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}
