package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// A row is one mutation of the table.
type row struct {
	script, what string
	want, ran    []string
	fresh        []string // had to run and did not
	stale        []string // ran and did not have to
	foretold     bool     // by status
}

type table struct {
	mu   sync.Mutex
	rows []row
}

func (tb *table) add(r row) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.rows = append(tb.rows, r)
}

func TestStaleness(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	bin := filepath.Dir(program(t))
	scripts, err := filepath.Glob(top + "/testdata/staleness/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no corpus: ", err)
	}
	if !long {
		scripts = slices.DeleteFunc(scripts, func(s string) bool { return strings.HasPrefix(filepath.Base(s), "code") })
	}
	tb := new(table)
	base, err := filepath.Abs(top + "/testdata/staleness/base")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("corpus", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Files: scripts,
			Setup: func(e *testscript.Env) error {
				e.Setenv("PATH", bin+":"+e.Getenv("PATH"))
				for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOEXPERIMENT", "GOFLAGS", "GOPROXY"} {
					if v, ok := goEnv(name); ok {
						e.Setenv(name, v)
					}
				}
				e.Setenv("CORPUS", filepath.Dir(base))
				return os.CopyFS(e.WorkDir, os.DirFS(base))
			},
			Cmds: tb.commands(),
		})
	})
	tb.print(t)
}

func goEnv(name string) (string, bool) {
	out, err := exec.Command("go", "env", name).Output()
	return strings.TrimSpace(string(out)), err == nil && len(out) > 1
}

func (tb *table) print(t *testing.T) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "script\tmutation\tstages that ran\twrongly fresh\twrongly stale\tforetold")
	slices.SortStableFunc(tb.rows, func(a, b row) int { return strings.Compare(a.script, b.script) })
	fresh, stale := 0, 0
	for _, r := range tb.rows {
		fresh, stale = fresh+len(r.fresh), stale+len(r.stale)
		foretold := "yes"
		if !r.foretold {
			foretold = "NO"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.script, r.what, words(r.ran), words(r.fresh), words(r.stale), foretold)
	}
	w.Flush()
	t.Logf("\n%s\n%d mutations, %d stages wrongly fresh, %d wrongly stale\n", &b, len(tb.rows), fresh, stale)
}

func words(names []string) string {
	if len(names) == 0 {
		return "-"
	}
	return strings.Join(names, " ")
}

func (tb *table) commands() map[string]func(*testscript.TestScript, bool, []string) {
	plain := func(f func(ts *testscript.TestScript, args []string) error) func(*testscript.TestScript, bool, []string) {
		return func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(f(ts, args)) }
	}
	return map[string]func(*testscript.TestScript, bool, []string){
		// expect WHAT [-set X]... [STAGE...]: run; exactly these stages ran.
		"expect": plain(tb.expect),
		// would WHAT [STAGE...]: status; exactly these stages would run.
		"would": plain(tb.would),
		// edit FILE OLD NEW: replace the first OLD.
		"edit": plain(func(ts *testscript.TestScript, a []string) error { return edit(ts.MkAbs(a[0]), a[1], a[2]) }),
		// quietly FILE OLD NEW: the same, and keep the size and the time.
		"quietly": plain(quietly),
		// date FILE DURATION: set the modification time that far from now.
		"date": plain(func(ts *testscript.TestScript, a []string) error {
			d, err := time.ParseDuration(a[1])
			at := time.Now().Add(d)
			return errors.Join(err, os.Chtimes(ts.MkAbs(a[0]), at, at))
		}),
		// settle: wait until the times of files vouch for their content.
		"settle": plain(func(*testscript.TestScript, []string) error {
			time.Sleep(2100 * time.Millisecond)
			return nil
		}),
		// object NAME: print where an output STAGE.NAME of the last run is kept, into $OBJECT.
		"object": plain(object),
		// flip FILE: change a bit and leave the times as they are.
		"flip": plain(func(ts *testscript.TestScript, a []string) error { return flip(ts.MkAbs(a[0])) }),
		// repo: copy the repository to repo.
		"repo": plain(func(ts *testscript.TestScript, _ []string) error { return copyRepo(ts.MkAbs("repo")) }),
		// rebuild: build the program from repo.
		"rebuild": plain(rebuild),
	}
}

type stageJSON struct {
	Name, Status string
}

// whorl runs the program and decodes what it prints.
func whorl(ts *testscript.TestScript, v any, args ...string) error {
	cmd := exec.Command(installed(ts), args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environ(ts)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("whorl %s: %w\n%s", strings.Join(args, " "), err, &stderr)
	}
	return json.Unmarshal(out, v)
}

func installed(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, "whorl"); exec.Command(p, "version").Run() == nil {
			return p
		}
	}
	ts.Fatalf("there is no whorl in $PATH")
	return ""
}

func environ(ts *testscript.TestScript) []string {
	env := []string{"HOME=" + ts.Getenv("WORK"), "PATH=" + ts.Getenv("PATH"), "TMPDIR=" + ts.Getenv("TMPDIR")}
	for _, name := range strings.Fields(ts.Getenv("PASS")) {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+strings.TrimPrefix(v, "="))
		}
	}
	return env
}

// parse splits "WHAT [-flag value]... NAMES".
func parse(args []string) (what string, flags, names []string) {
	what, args = args[0], args[1:]
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		flags, args = append(flags, args[0], args[1]), args[2:]
	}
	names = slices.Clone(args)
	slices.Sort(names)
	return what, flags, names
}

func (tb *table) expect(ts *testscript.TestScript, args []string) error {
	what, flags, want := parse(args)
	before, err := outlook(ts, flags)
	if err != nil {
		return err
	}
	var result struct{ Stages []stageJSON }
	if err := whorl(ts, &result, append([]string{"run", "--json"}, flags...)...); err != nil {
		return err
	}
	r := row{script: ts.Name(), what: what, want: want, foretold: true}
	for _, s := range result.Stages {
		ran := s.Status == "ran"
		if ran {
			r.ran = append(r.ran, s.Name)
		}
		switch before[s.Name] {
		case "run":
			r.foretold = r.foretold && ran
		case "cached":
			r.foretold = r.foretold && !ran
		}
	}
	return tb.judge(r)
}

func (tb *table) would(ts *testscript.TestScript, args []string) error {
	what, flags, want := parse(args)
	before, err := outlook(ts, flags)
	if err != nil {
		return err
	}
	r := row{script: ts.Name(), what: what, want: want, foretold: true}
	for name, status := range before {
		if status == "run" {
			r.ran = append(r.ran, name)
		}
	}
	return tb.judge(r)
}

func outlook(ts *testscript.TestScript, flags []string) (map[string]string, error) {
	var stages []stageJSON
	err := whorl(ts, &stages, append([]string{"status", "--json"}, flags...)...)
	status := map[string]string{}
	for _, s := range stages {
		status[s.Name] = s.Status
	}
	return status, err
}

func (tb *table) judge(r row) error {
	slices.Sort(r.ran)
	for _, s := range r.want {
		if !slices.Contains(r.ran, s) {
			r.fresh = append(r.fresh, s)
		}
	}
	for _, s := range r.ran {
		if !slices.Contains(r.want, s) {
			r.stale = append(r.stale, s)
		}
	}
	tb.add(r)
	if len(r.fresh)+len(r.stale) > 0 || !r.foretold {
		return fmt.Errorf("%s: ran %s, want %s; foretold: %v", r.what, words(r.ran), words(r.want), r.foretold)
	}
	return nil
}

func edit(path, old, new string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	old, new = strings.ReplaceAll(old, `\n`, "\n"), strings.ReplaceAll(new, `\n`, "\n")
	if !strings.Contains(string(b), old) {
		return fmt.Errorf("%s does not contain %q", path, old)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(b), old, new, 1)), 0o666)
}

func quietly(ts *testscript.TestScript, a []string) error {
	path := ts.MkAbs(a[0])
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	err = errors.Join(edit(path, a[1], a[2]), os.Chtimes(path, info.ModTime(), info.ModTime()))
	if now, e := os.Stat(path); e != nil || now.Size() != info.Size() || !now.ModTime().Equal(info.ModTime()) {
		return fmt.Errorf("%s: the edit was not quiet", path)
	}
	return err
}

func object(ts *testscript.TestScript, a []string) error {
	cmd := exec.Command(installed(ts), "artifact", "last", a[0])
	cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	ts.Setenv("OBJECT", ts.MkAbs(strings.TrimSpace(string(out))))
	return nil
}

func flip(path string) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	at := time.Unix(st.Mtim.Unix())
	return errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, b, 0o644), os.Chtimes(path, at, at), os.Chmod(path, 0o444))
}

// copyRepo copies what a build needs.
func copyRepo(to string) error {
	return filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "artifacts", "bin", "testdata"}, d.Name()) && !strings.HasPrefix(rel, "reports") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		src, err := os.Open(p)
		if err != nil {
			return err
		}
		defer src.Close()
		dst, err := os.Create(filepath.Join(to, rel))
		if err != nil {
			return err
		}
		_, err = io.Copy(dst, src)
		return errors.Join(err, dst.Close())
	})
}

func rebuild(ts *testscript.TestScript, args []string) error {
	bin := filepath.Join(ts.Getenv("WORK"), "bin")
	cmd := exec.Command("go", "build", "-o", filepath.Join(bin, "whorl"), "./cmd/whorl")
	cmd.Dir = filepath.Join(ts.Getenv("WORK"), "repo")
	cmd.Env = append(os.Environ(), args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	if path := ts.Getenv("PATH"); !strings.HasPrefix(path, bin+":") {
		ts.Setenv("PATH", bin+":"+path)
	}
	return nil
}
