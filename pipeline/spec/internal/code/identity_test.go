package code

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"

	"whorl/pipeline/stage"
)

// module is the source of a made-up module whose package train stands for
// whatever declares a stage.
func module() fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"train/train.go":       "package train\nimport (\"m/net\"; \"strings\"; \"dep.org/big/sub\")\nfunc Run() { net.F(strings.ToUpper(\"x\")); sub.G() }",
		"train/train_test.go":  "package train\nfunc TestRun() {}",
		"train/train_plan9.go": "package train\nfunc plan9() {}",
		"train/raced.go":       "//go:build race\n\npackage train\nfunc raced() {}",
		"train/fast.go":        "//go:build goexperiment.simd\n\npackage train\nfunc fast() {}",
		"net/net.go":           "package net\nimport _ \"embed\"\n//go:embed table.txt\nvar table string\nfunc F(string) {}",
		"net/table.txt":        "1 2 3",
		"net/net_amd64.s":      "TEXT F(SB)",
		"other/other.go":       "package other\nimport \"m/net\"\nfunc Run() {}",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func info() *debug.BuildInfo {
	return &debug.BuildInfo{
		Main: debug.Module{Path: "m"},
		Deps: []*debug.Module{
			{Path: "dep.org/big", Version: "v1.2.3", Sum: "h1:aaa"},
			{Path: "dep.org/small", Version: "v0.1.0", Sum: "h1:bbb"},
			{Path: "dep.org/report", Version: "v2.0.0", Sum: "h1:ccc"},
		},
	}
}

var reaches = map[string][]string{"dep.org/big/sub": {"dep.org/big", "dep.org/small"}}

func identify(t *testing.T, fsys fs.FS, bi *debug.BuildInfo, table map[string][]string, roots ...string) string {
	t.Helper()
	id := NewIdentifier()
	id.build = newBuild(bi)
	id.build.executable = func() (string, error) { return "executable 00", nil }
	if err := id.Add(Source{Module: "m", FS: fsys, Reaches: table}); err != nil {
		t.Fatal(err)
	}
	text, err := id.text(roots)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names returns the lines without what changes: digests and versions.
func names(text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		f := strings.Fields(l)
		if f[0] == "file" {
			f = f[:3]
		} else if f[0] == "go" {
			f = f[:1]
		}
		b.WriteString(strings.Join(f, " ") + "\n")
	}
	return b.String()
}

func TestReached(t *testing.T) {
	want := `file m net/net.go
file m net/net_amd64.s
file m net/table.txt
file m train/train.go
go
module dep.org/big v1.2.3 h1:aaa
module dep.org/small v0.1.0 h1:bbb
`
	if runtime.GOARCH != "amd64" {
		want = strings.Replace(want, "file m net/net_amd64.s\n", "", 1)
	}
	if got := names(identify(t, module(), info(), reaches, "m/train")); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	unknown := names(identify(t, module(), info(), nil, "m/train"))
	if !strings.Contains(unknown, "module dep.org/report v2.0.0") {
		t.Errorf("without a table every module counts, got\n%s", unknown)
	}
}

func TestWhatCounts(t *testing.T) {
	edit := func(name, text string) fs.FS {
		fsys := maps.Clone(module())
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		return fsys
	}
	with := func(change func(*debug.BuildInfo)) *debug.BuildInfo {
		bi := info()
		change(bi)
		return bi
	}
	base := identify(t, module(), info(), reaches, "m/train")
	for _, c := range []struct {
		name  string
		fsys  fs.FS
		info  *debug.BuildInfo
		stale bool
	}{
		{"own package", edit("train/train.go", "package train\nimport (\"m/net\"; \"strings\"; \"dep.org/big/sub\")\nfunc Run() { net.F(strings.ToLower(\"x\")); sub.G() }"), info(), true},
		{"own comment", edit("train/train.go", string(module()["train/train.go"].Data)+"\n// Done.\n"), info(), false},
		{"own test", edit("train/train_test.go", "package train\nfunc TestAll() {}"), info(), false},
		{"new file", edit("train/more.go", "package train\nvar x = 1"), info(), true},
		{"file for another system", edit("train/train_plan9.go", "package train\nfunc plan10() {}"), info(), false},
		{"file for another experiment", edit("train/fast.go", "//go:build goexperiment.simd\n\npackage train\nfunc faster() {}"), info(), false},
		{"reached package", edit("net/net.go", "package net\nimport _ \"embed\"\n//go:embed table.txt\nvar table string\nfunc F(x string) {}"), info(), true},
		{"embedded file", edit("net/table.txt", "1 2 4"), info(), true},
		{"package not reached", edit("other/other.go", "package other\nfunc Run() { panic(1) }"), info(), false},
		{"experiment turned on", module(), with(func(bi *debug.BuildInfo) {
			bi.Settings = append(bi.Settings, debug.BuildSetting{Key: "GOEXPERIMENT", Value: "simd"})
		}), true},
		{"version of a module", module(), with(func(bi *debug.BuildInfo) { bi.Deps[0].Version = "v1.2.4" }), true},
		{"version of one it needs", module(), with(func(bi *debug.BuildInfo) { bi.Deps[1].Version = "v0.1.1" }), true},
		{"version of one not reached", module(), with(func(bi *debug.BuildInfo) { bi.Deps[2].Version = "v2.1.0" }), false},
		{"race detector", module(), with(func(bi *debug.BuildInfo) {
			bi.Settings = append(bi.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
		}), true},
		{"tag", edit("train/raced.go", "//go:build race\n\npackage train\nfunc racing() {}"), info(), false},
		{"module replaced by another", module(), with(func(bi *debug.BuildInfo) {
			bi.Deps[0].Replace = &debug.Module{Path: "fork.org/big", Version: "v1.2.3", Sum: "h1:ddd"}
		}), true},
		{"module replaced by a folder", module(), with(func(bi *debug.BuildInfo) {
			bi.Deps[0].Replace = &debug.Module{Path: "../big"}
		}), true},
	} {
		if got := identify(t, c.fsys, c.info, reaches, "m/train"); (got != base) != c.stale {
			t.Errorf("%s: stale is %v, want %v", c.name, got != base, c.stale)
		}
	}
}

// TestNoChecksum checks that a module which was compiled from a directory,
// so that its version does not identify it, is identified by the executable.
func TestNoChecksum(t *testing.T) {
	for name, m := range map[string]*debug.Module{
		"vendored":    {Path: "dep.org/big", Version: "v1.2.3"},
		"workspace":   {Path: "dep.org/big", Version: "(devel)"},
		"replaced":    {Path: "dep.org/big", Version: "v1.2.3", Sum: "h1:aaa", Replace: &debug.Module{Path: "../big"}},
		"not listed":  {Path: "dep.org/another", Version: "v1.2.3", Sum: "h1:aaa"},
		"without any": {Path: "dep.org/big"},
	} {
		bi := info()
		bi.Deps[0] = m
		if got := identify(t, module(), bi, reaches, "m/train"); !strings.Contains(got, "module dep.org/big executable 00\n") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	id := NewIdentifier()
	id.build = newBuild(&debug.BuildInfo{})
	id.build.executable = func() (string, error) { return "", errors.New("cannot read it") }
	if err := id.Add(Source{Module: "m", FS: module()}); err != nil {
		t.Fatal(err)
	}
	if _, err := id.text([]string{"m/train"}); err == nil {
		t.Error("the module is not identified, and text returned no error")
	}
}

// TestMissing checks that what cannot be identified by its source is never
// passed over.
func TestMissing(t *testing.T) {
	fsys := module()
	delete(fsys, "net/net.go")
	delete(fsys, "net/net_amd64.s")
	if got := identify(t, fsys, info(), reaches, "m/train"); !strings.Contains(got, "executable 00") {
		t.Errorf("a package without its source:\n%s", got)
	}
	for _, root := range []string{"m/nowhere", "main", "nobody/knows"} {
		if got := identify(t, module(), info(), reaches, root); !strings.Contains(got, "executable 00") {
			t.Errorf("%s:\n%s", root, got)
		}
	}
	// A stage of another module is as its version, and that of all it may reach.
	if got := names(identify(t, module(), info(), reaches, "dep.org/small/sub")); got != "go\nmodule dep.org/big v1.2.3 h1:aaa\nmodule dep.org/report v2.0.0 h1:ccc\nmodule dep.org/small v0.1.0 h1:bbb\n" {
		t.Errorf("a stage of another module:\n%s", got)
	}
	fsys = module()
	delete(fsys, "net/table.txt")
	id := NewIdentifier()
	id.build = newBuild(info())
	if err := id.Add(Source{Module: "m", FS: fsys}); err != nil {
		t.Fatal(err)
	}
	if _, err := id.text([]string{"m/train"}); err == nil || !strings.Contains(err.Error(), "net/net.go: it embeds table.txt") {
		t.Errorf("an embedded file that is not registered: %v", err)
	}
}

type T struct{}

func (T) method(context.Context, *stage.Task) error { return errors.New("x") }

func generic[V any](context.Context, *stage.Task) error { return nil }

func declared(context.Context, *stage.Task) error { return strings.NewReader("").UnreadByte() }

type params struct{ X int }

func TestPackageOf(t *testing.T) {
	const here = "whorl/pipeline/spec/internal/code"
	for name, x := range map[string]any{
		"function": declared, "literal": func(context.Context, *stage.Task) error { return nil },
		"method": T{}.method, "generic": generic[int], "struct": params{},
	} {
		if got := packageOf(x); got != here {
			t.Errorf("%s: got %q", name, got)
		}
	}
	for symbol, want := range map[string]string{
		"main.run":                           "main",
		"example.com/x%2ey/train.Kind.func1": "example.com/x.y/train",
		"whorl/stages/train.(*T).Run-fm":     "whorl/stages/train",
		"gopkg.in/yaml%2ev3.F[...]":          "gopkg.in/yaml.v3",
	} {
		if got := symbolPackage(symbol); got != want {
			t.Errorf("%s: got %q, want %q", symbol, got, want)
		}
	}
	if packageOf(nil) != "" {
		t.Error("nil has a package")
	}
}
