package code

import (
	"crypto/sha256"
	"fmt"
	gobuild "go/build"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// A build is what is known of how this program was built.
type build struct {
	toolchain  string // version of Go, architecture and its level
	main       string // path of the main module
	deps       map[string]*debug.Module
	context    gobuild.Context
	executable func() (line string, err error)
}

func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	b := newBuild(info)
	b.executable = sync.OnceValues(executable)
	return b
}

func newBuild(info *debug.BuildInfo) build {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	b := build{main: info.Main.Path, deps: map[string]*debug.Module{}}
	b.toolchain = strings.TrimSpace(runtime.Version() + " " + runtime.GOARCH + " " + settings["GO"+strings.ToUpper(runtime.GOARCH)])
	for _, m := range info.Deps {
		b.deps[m.Path] = m
	}
	// Not gobuild.Default: it follows the environment of whoever runs us.
	b.context = gobuild.Context{
		GOOS: runtime.GOOS, GOARCH: runtime.GOARCH, Compiler: runtime.Compiler,
		CgoEnabled:  settings["CGO_ENABLED"] == "1",
		ReleaseTags: gobuild.Default.ReleaseTags,
	}
	if tags := settings["-tags"]; tags != "" {
		b.context.BuildTags = strings.Split(tags, ",")
	}
	for _, flag := range []string{"race", "msan", "asan"} { // each a tag too
		if settings["-"+flag] == "true" {
			b.context.BuildTags = append(b.context.BuildTags, flag)
		}
	}
	for _, x := range strings.Split(settings["GOEXPERIMENT"], ",") {
		if x != "" && !strings.HasPrefix(x, "no") {
			b.context.ToolTags = append(b.context.ToolTags, "goexperiment."+x)
		}
	}
	return b
}

// compiles reports whether the file belongs to this build.
func (b *build) compiles(fsys fs.FS, name string) (bool, error) {
	c := b.context
	c.OpenFile = func(p string) (io.ReadCloser, error) { return fsys.Open(p) }
	c.JoinPath = path.Join
	return c.MatchFile(path.Dir(name), path.Base(name))
}

func (b *build) isMain(importPath string) bool {
	return b.main != "" && (importPath == b.main || strings.HasPrefix(importPath, b.main+"/"))
}

// module returns the path of the module that a package belongs to, unless it
// is of the standard library.
func (b *build) module(importPath string) (string, bool) {
	for p := importPath; p != "." && p != "/"; p = path.Dir(p) {
		if b.deps[p] != nil {
			return p, true
		}
	}
	// A package of a module that the build information does not list: in a
	// test binary it may list none.
	first, _, _ := strings.Cut(importPath, "/")
	return importPath, strings.Contains(first, ".")
}

// listed reports whether a package is of a module that the build information
// lists.
func (b *build) listed(importPath string) bool {
	module, _ := b.module(importPath)
	return b.deps[module] != nil
}

func (b *build) modules() []string {
	var paths []string
	for p := range b.deps {
		paths = append(paths, p)
	}
	return paths
}

// version returns the line of an identity for a module. Of one that the build
// information does not list, or that was compiled from a directory (replaced,
// vendored, of a workspace), and so has no checksum, only the executable tells.
func (b *build) version(module string) (string, error) {
	m := b.deps[module]
	if m != nil && m.Replace != nil {
		m = m.Replace
	}
	if m == nil || m.Sum == "" {
		line, err := b.executable()
		return fmt.Sprintf("module %s %s", module, line), err
	}
	return fmt.Sprintf("module %s %s %s", module, m.Version, m.Sum), nil
}

// executable returns the line of an identity that counts the whole program.
func executable() (string, error) {
	f, err := os.Open("/proc/self/exe") // what runs, even if its file was replaced
	if err != nil {
		name, err := os.Executable()
		if err != nil {
			return "", err
		}
		if f, err = os.Open(name); err != nil {
			return "", err
		}
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("executable %x", h.Sum(nil)), nil
}
