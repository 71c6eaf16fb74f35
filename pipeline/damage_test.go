package pipeline_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/explain"
	"whorl/pipeline/record"
	"whorl/pipeline/spec"
	"whorl/pipeline/store"
)

const varied = `
data: numbers
stages:
  a: {kind: write}
  b: {kind: repeat, inputs: {in: a.out}}
  c: {kind: length, inputs: {in: b.out}}
  l: {kind: list, inputs: {dir: data}}
  d: {kind: dice}
  e: {kind: command, inputs: {b: b.out}, cmd: "cat {inputs.b} > {outputs.o}; chmod +x {outputs.o}", outputs: {o: o}}
`

// A sound is a store with three runs, and what there is to know of them.
type sound struct {
	lab     *lab
	specs   []*spec.Pipeline
	results []*record.Run
	files   []string // of the store, relative to it
}

func newSound(t *testing.T) *sound {
	s := &sound{lab: newLab(t)}
	for i := range 3 {
		p := s.lab.parse(varied, fmt.Sprint("a.text=t", i/2), fmt.Sprint("data.times=", 2+i), fmt.Sprint("seed=", i))
		_, res := s.lab.run(p, pipeline.Options{RunID: fmt.Sprint("r", i)})
		s.specs, s.results = append(s.specs, p), append(s.results, res)
	}
	dir := s.lab.store.Dir()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			s.files = append(s.files, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// damage changes one file of the store in dir, and says how.
func (s *sound) damage(r *rand.Rand, dir string) string {
	pick := func() string { return filepath.Join(dir, s.files[r.IntN(len(s.files))]) }
	path := pick()
	b, err := os.ReadFile(path)
	if err != nil {
		return "nothing, since it is gone: " + path
	}
	info, _ := os.Stat(path)
	restore := func() { os.Chtimes(path, info.ModTime(), info.ModTime()); os.Chmod(path, info.Mode()) }
	var how string
	os.Chmod(path, 0o644)
	switch k := r.IntN(7); {
	case k == 0 && len(b) > 0:
		bit := r.IntN(8 * len(b))
		b[bit/8] ^= 1 << (bit % 8)
		how = fmt.Sprint("flip bit ", bit)
		os.WriteFile(path, b, 0)
		if r.IntN(2) == 0 {
			how += " and keep the times"
			restore()
		}
	case k == 1:
		n := r.IntN(len(b) + 1)
		how = fmt.Sprint("truncate to ", n)
		os.Truncate(path, int64(n))
	case k == 2:
		how = "delete"
		os.Remove(path)
	case k == 3:
		to := filepath.Join(filepath.Dir(path), "copy-"+filepath.Base(path))
		if r.IntN(2) == 0 {
			to = pick()
		}
		how = "duplicate to " + to
		os.Chmod(to, 0o644)
		os.Remove(to)
		os.WriteFile(to, b, info.Mode())
		restore()
	case k == 4:
		other := pick()
		how = "swap with " + other
		tmp := path + ".swap"
		os.Rename(path, tmp)
		os.Rename(other, path)
		os.Rename(tmp, other)
	case k == 5:
		mode := []fs.FileMode{0, 0o200, 0o444, 0o555, 0o777}[r.IntN(5)]
		how = fmt.Sprint("chmod ", mode)
		os.Chmod(path, mode)
	default:
		how = "empty it"
		os.WriteFile(path, nil, 0)
		restore()
	}
	return how + ": " + strings.TrimPrefix(path, dir+"/")
}

// TestDamagedStores damages sound stores at random and then does with them all
// that can be done: nothing panics, no wrong bytes are accepted or handed out, no
// collection removes what a kept run reaches, and a check and a run of each
// pipeline make all whole again.
func TestDamagedStores(t *testing.T) {
	stores := 40
	if long {
		stores = 3000
	}
	s := newSound(t)
	for seed := range stores {
		dir := filepath.Join(s.lab.dir, "copy")
		if out, err := exec.Command("cp", "-a", s.lab.store.Dir(), dir).CombinedOutput(); err != nil {
			t.Fatalf("cp: %v: %s", err, out)
		}
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		var history []string
		for range 1 + r.IntN(3) {
			history = append(history, s.damage(r, dir))
		}
		s.use(t, r, dir, &history)
		if t.Failed() {
			t.Fatalf("store %d:\n%s", seed, strings.Join(history, "\n"))
		}
		exec.Command("chmod", "-R", "u+rwX", dir).Run()
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// use runs every verb over a damaged store.
func (s *sound) use(t *testing.T, r *rand.Rand, dir string, history *[]string) {
	did := func(what string, err error) {
		*history = append(*history, fmt.Sprintf("%s: %v", what, err))
	}
	st, err := store.OpenExisting(dir)
	did("open", err)
	if err != nil {
		if err := os.Remove(dir + "/format"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if st, err = store.Open(dir); err != nil {
			t.Error(err)
			return
		}
	}
	eng := pipeline.NewEngine(st)
	verbs := []func(){
		func() { _, err := explain.Status(t.Context(), st, s.specs[r.IntN(3)]); did("status", err) },
		func() { did("run", s.run(t, eng, st, r.IntN(3), pipeline.Options{})) },
		func() { did("run --force", s.run(t, eng, st, r.IntN(3), pipeline.Options{Force: true})) },
		func() { s.read(t, st) },
		func() { did("gc", s.collect(t, eng, st)) },
		func() { did("gc --keep-last 9", s.collect(t, eng, st)) },
		func() { _, _, err := st.Undo(t.Context()); did("gc --undo", err) },
	}
	r.Shuffle(len(verbs), func(i, j int) { verbs[i], verbs[j] = verbs[j], verbs[i] })
	for _, verb := range verbs[:1+r.IntN(len(verbs))] {
		verb()
	}
	c, err := st.Fsck(t.Context(), store.FsckOptions{})
	did(fmt.Sprintf("fsck %+v", c), err)
	if err != nil {
		t.Error(err)
		return
	}
	s.read(t, st)
	for i := range s.specs {
		if err := s.run(t, eng, st, i, pipeline.Options{}); err != nil {
			t.Errorf("run after fsck: %v", err)
		}
	}
	if c, err = st.Fsck(t.Context(), store.FsckOptions{}); err != nil || !c.Sound() {
		t.Errorf("all was made again, and fsck says %+v, %v", c, err)
	}
}

// run runs a pipeline; if it succeeds, its outputs must be the original's.
func (s *sound) run(t *testing.T, eng *pipeline.Engine, st *store.Store, i int, o pipeline.Options) error {
	res, err := eng.Run(t.Context(), s.specs[i], o)
	if err != nil {
		return err
	}
	for k, stage := range res.Stages {
		want := s.results[i].Stages[k]
		for j, o := range stage.Outputs {
			if o.Digest != want.Outputs[j].Digest || o.Exec != want.Outputs[j].Exec {
				t.Errorf("%s.%s: %+v, want %+v", stage.Name, o.Name, o, want.Outputs[j])
			}
		}
		if len(stage.Metrics) != len(want.Metrics) {
			t.Errorf("%s: metrics %v, want %v", stage.Name, stage.Metrics, want.Metrics)
		}
	}
	return nil
}

// read hands out every artifact of every run, and compares what it gets with the
// digest.
func (s *sound) read(t *testing.T, st *store.Store) (whole map[string]bool) {
	whole = map[string]bool{}
	for _, res := range s.results {
		for _, stage := range res.Stages {
			for _, o := range stage.Outputs {
				path, err := st.Locate(t.Context(), o.Artifact)
				if err != nil || o.Dir {
					continue
				}
				b, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
				}
				sum := sha256.Sum256(b)
				if got := hex.EncodeToString(sum[:]); got != o.Digest {
					t.Errorf("%s.%s is handed out with digest %s", stage.Name, o.Name, got)
				}
				whole[o.Artifact.ID()] = true
			}
		}
	}
	return whole
}

// collect keeps all runs: what was whole before must be whole afterwards.
func (s *sound) collect(t *testing.T, eng *pipeline.Engine, st *store.Store) error {
	before := s.read(t, st)
	_, err := eng.Collect(t.Context(), pipeline.CollectOptions{})
	after := s.read(t, st)
	for id := range before {
		if !after[id] {
			t.Errorf("a collection that keeps all runs removed %s", id)
		}
	}
	return err
}
