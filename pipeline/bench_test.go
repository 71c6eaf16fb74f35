package pipeline_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"whorl/pipeline"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
	"whorl/pipeline/store/tree"
)

// joinKind is a trivial stage with up to three inputs.
func joinKind() stage.Kind {
	return stage.Kind{
		Name: "join", Outputs: port("out"), Params: writeParams{},
		Inputs: []stage.Port{{Name: "a", Optional: true}, {Name: "b", Optional: true}, {Name: "c", Optional: true}},
		Run: func(_ context.Context, t *stage.Task) error {
			text := t.Params.(writeParams).Text
			for _, name := range []string{"a", "b", "c"} {
				if t.Has(name) {
					b, err := t.ReadAll(name)
					if err != nil {
						return err
					}
					text += string(b[:min(len(b), 8)])
				}
			}
			return t.WriteFile("out", []byte(text))
		},
	}
}

// layers is a pipeline of stages in layers, each with three inputs from the
// layer before.
func layers(stages, layers int) string {
	var b strings.Builder
	b.WriteString("stages:\n")
	width := stages / layers
	for i := range stages {
		fmt.Fprintf(&b, "  s%d: {kind: join, params: {text: \"%d;\"}", i, i)
		if i >= width {
			base := (i/width - 1) * width
			fmt.Fprintf(&b, ", inputs: {a: s%d.out, b: s%d.out, c: s%d.out}", base+i%width, base+(i+1)%width, base+(i+7)%width)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func benchLab(tb testing.TB) (*pipeline.Registry, *pipeline.Engine) {
	reg := pipeline.NewRegistry()
	s, err := store.Open(filepath.Join(tb.TempDir(), "artifacts"))
	if err := errors.Join(err, reg.Register(joinKind())); err != nil {
		tb.Fatal(err)
	}
	return reg, pipeline.NewEngine(s)
}

func benchRun(tb testing.TB, reg *pipeline.Registry, eng *pipeline.Engine, spec string) *pipeline.Result {
	p, err := reg.Parse("pipeline.yaml", []byte(spec), pipeline.Settings{})
	if err != nil {
		tb.Fatal(err)
	}
	res, err := eng.Run(tb.Context(), p, pipeline.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// BenchmarkNoop is a run of 1,000 stages that are all cached: parsing the spec,
// looking everything up and recording the run. The bar is 60 ms for the whole
// process.
func BenchmarkNoop(b *testing.B) {
	reg, eng := benchLab(b)
	spec := layers(1000, 10)
	benchRun(b, reg, eng, spec)
	before := cpu(b)
	for b.Loop() {
		benchRun(b, reg, eng, spec)
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// cpu is the processor time that this process has used, which other
// processes on the machine disturb less than the clock.
func cpu(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkParse is the part of that which is the spec's.
func BenchmarkParse(b *testing.B) {
	reg, _ := benchLab(b)
	spec := []byte(layers(1000, 10))
	for b.Loop() {
		if _, err := reg.Parse("pipeline.yaml", spec, pipeline.Settings{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStatus(b *testing.B) {
	reg, eng := benchLab(b)
	spec := layers(1000, 10)
	benchRun(b, reg, eng, spec)
	for b.Loop() {
		p, _ := reg.Parse("pipeline.yaml", []byte(spec), pipeline.Settings{})
		if _, err := eng.Status(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWhy explains the last of 1,000 stages after a change of the first.
// The bar is 100 ms.
func BenchmarkWhy(b *testing.B) {
	reg, eng := benchLab(b)
	spec := layers(1000, 10)
	benchRun(b, reg, eng, spec)
	p, err := reg.Parse("pipeline.yaml", []byte(spec), pipeline.Settings{Set: []string{"s0.text=other"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, err := eng.Why(b.Context(), p, "s999", "")
		if err != nil || len(x.Reasons) < 3 {
			b.Fatal(x, err)
		}
	}
}

// BenchmarkOverhead is the first run of 200 trivial stages with everything
// durable, as time a stage. The bar is 5 ms.
func BenchmarkOverhead(b *testing.B) {
	spec := layers(200, 10)
	var total time.Duration
	for b.Loop() {
		b.StopTimer()
		reg, eng := benchLab(b)
		b.StartTimer()
		begin := time.Now()
		benchRun(b, reg, eng, spec)
		total += time.Since(begin)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N)/200, "ms/stage")
}

// manyFiles makes n files of 11 KB in ten folders, an hour old.
func manyFiles(tb testing.TB, n int) string {
	dir := tb.TempDir()
	content := make([]byte, 11<<10)
	old := time.Now().Add(-time.Hour)
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("d%d", i%10))
		if i < 10 {
			if err := os.Mkdir(sub, 0o777); err != nil {
				tb.Fatal(err)
			}
		}
		copy(content, fmt.Sprint(i))
		path := filepath.Join(sub, fmt.Sprintf("%06d.bmp", i))
		if err := errors.Join(os.WriteFile(path, content, 0o666), os.Chtimes(path, old, old)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

const files = 55000

// BenchmarkFiles compares a scan of 55,000 files with what nobody can do
// without: walk and lstat for one that has not changed (the bar is twice
// that), parallel read and SHA-256 for the first (1.25 times).
func BenchmarkFiles(b *testing.B) {
	dir := manyFiles(b, files)
	time.Sleep(3 * time.Second) // or their ctimes are too young to be remembered
	scan := func(b *testing.B, memo *tree.Memo) {
		if _, err := tree.Scan(b.Context(), dir, memo, runtime.GOMAXPROCS(0)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("walk", func(b *testing.B) {
		for b.Loop() {
			bareWalk(b, dir, func(string) {})
		}
	})
	b.Run("noop", func(b *testing.B) {
		memo := tree.NewMemo(b.TempDir())
		scan(b, memo)
		for b.Loop() {
			scan(b, memo)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			bareHash(b, dir)
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			scan(b, tree.NewMemo(b.TempDir()))
		}
	})
}

func bareWalk(b *testing.B, dir string, f func(string)) {
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, err := d.Info(); err != nil { // lstat
			return err
		}
		f(p)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func bareHash(b *testing.B, dir string) {
	var paths []string
	bareWalk(b, dir, func(p string) { paths = append(paths, p) })
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			h, buf := sha256.New(), make([]byte, 128<<10)
			for i := next.Add(1) - 1; int(i) < len(paths); i = next.Add(1) - 1 {
				f, err := os.Open(paths[i])
				if err != nil {
					b.Error(err)
					return
				}
				h.Reset()
				io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, buf)
				h.Sum(nil)
				f.Close()
			}
		})
	}
	wg.Wait()
}

// BenchmarkMake is make's no-op of the same 1,000 stages, if there is a make.
func BenchmarkMake(b *testing.B) {
	makePath, err := exec.LookPath("make")
	if err != nil {
		b.Skip("make is not installed")
	}
	dir := b.TempDir()
	var m strings.Builder
	var all []string
	const width = 100
	for i := range 1000 {
		var needs string
		if i >= width {
			base := (i/width - 1) * width
			needs = fmt.Sprintf("s%d s%d s%d", base+i%width, base+(i+1)%width, base+(i+7)%width)
		}
		fmt.Fprintf(&m, "s%d: %s\n\t@echo %d > s%d\n", i, needs, i, i)
		all = append(all, fmt.Sprint("s", i))
	}
	text := "all: " + strings.Join(all, " ") + "\n" + m.String()
	if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(text), 0o666); err != nil {
		b.Fatal(err)
	}
	run := func() {
		cmd := exec.Command(makePath, "-C", dir, "-s", "all")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	run()
	for b.Loop() {
		run()
	}
}
