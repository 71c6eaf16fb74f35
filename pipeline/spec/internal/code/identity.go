package code

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"whorl/pipeline/store/tree"
)

// A Source is the source code of a module.
type Source struct {
	Module string // its path
	FS     fs.FS  // its Go files, at their paths below the module's root

	// Reaches gives, for each package of another module that the module
	// imports, the paths of all modules that the package reaches, its own
	// included. For a package that it does not know, every module of the
	// program counts.
	Reaches map[string][]string
}

// An Identity is the text that identifies some code, and its digest.
type Identity struct {
	Digest string
	Text   []byte
}

// An Identifier identifies code by registered sources. It reads a package only
// when a stage that reaches it is asked for, and once.
type Identifier struct {
	mu       sync.Mutex
	sources  []Source
	build    build
	packages map[string]*pkg
	known    map[string]*Identity // by root packages
}

// NewIdentifier returns an identifier with some sources, of different modules.
func NewIdentifier(sources ...Source) *Identifier {
	return &Identifier{sources: sources, packages: map[string]*pkg{}, known: map[string]*Identity{}, build: thisBuild()}
}

// Add makes the source of a module known.
func (id *Identifier) Add(s Source) error {
	id.mu.Lock()
	defer id.mu.Unlock()
	if s.Module == "" || s.FS == nil {
		return fmt.Errorf("source of module %q: want a module path and its files", s.Module)
	}
	for _, have := range id.sources {
		if have.Module == s.Module {
			return fmt.Errorf("source of module %q: registered twice", s.Module)
		}
	}
	id.sources = append(id.sources, s)
	clear(id.packages)
	clear(id.known)
	return nil
}

// Of identifies the code of a stage by the packages that declare its function
// and whatever else is given: the value of its parameters, its variant.
func (id *Identifier) Of(declared ...any) (*Identity, error) {
	var roots []string
	for _, d := range declared {
		if p := packageOf(d); p != "" && !slices.Contains(roots, p) {
			roots = append(roots, p)
		}
	}
	slices.Sort(roots)
	id.mu.Lock()
	defer id.mu.Unlock()
	memo := strings.Join(roots, " ")
	if known := id.known[memo]; known != nil {
		return known, nil
	}
	text, err := id.text(roots)
	if err != nil {
		return nil, fmt.Errorf("identify the code of %s: %w", memo, err)
	}
	known := &Identity{tree.Sum(text).String(), text}
	id.known[memo] = known
	return known, nil
}

// packageOf returns the path of the package that declares a function or the
// type of a value.
func packageOf(x any) string {
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		return ""
	}
	if v.Kind() != reflect.Func {
		return v.Type().PkgPath()
	}
	if v.IsNil() {
		return ""
	}
	// The outermost frame: at a function's first instruction another that was
	// inlined into it may have begun.
	frames := runtime.CallersFrames([]uintptr{v.Pointer() + 1})
	name := ""
	for {
		f, more := frames.Next()
		name = f.Function
		if !more {
			break
		}
	}
	return symbolPackage(name)
}

// symbolPackage returns the package path in a symbol's name, such as
// "example.com/x%2ey/train.Kind.func1".
func symbolPackage(name string) string {
	slash := strings.LastIndexByte(name, '/') + 1
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return ""
	}
	name = name[:slash+dot]
	if !strings.Contains(name, "%") {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		var c byte
		if name[i] == '%' && i+2 < len(name) {
			if _, err := fmt.Sscanf(name[i+1:i+3], "%02x", &c); err == nil {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// text lists all that is reached from the root packages.
func (id *Identifier) text(roots []string) ([]byte, error) {
	reached := map[string]bool{}
	lines := map[string]bool{"go " + id.build.toolchain: true}
	todo := slices.Clone(roots)
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		if reached[p] {
			continue
		}
		reached[p] = true
		pk, err := id.pkg(p)
		if err != nil {
			return nil, err
		}
		for _, l := range pk.lines {
			lines[l] = true
		}
		todo = append(todo, pk.imports...)
	}
	sorted := make([]string, 0, len(lines))
	for l := range lines {
		sorted = append(sorted, l)
	}
	slices.Sort(sorted)
	var b bytes.Buffer
	for _, l := range sorted {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// A pkg is what counts of a package: lines of an identity, and the packages
// of registered modules that it imports.
type pkg struct {
	lines   []string
	imports []string
}

func (id *Identifier) pkg(importPath string) (*pkg, error) {
	if p := id.packages[importPath]; p != nil {
		return p, nil
	}
	p := new(pkg)
	src, dir, ok := id.source(importPath)
	var err error
	switch {
	case ok && hasGo(src.FS, dir):
		err = id.readPackage(p, src, dir)
	case !ok && id.build.listed(importPath):
		// Of another module, whose version tells what it is. What it reaches is
		// not known.
		err = p.addModules(id.build, id.build.modules())
	default:
		// Its files are not at hand, so nothing less than the whole program
		// identifies their content.
		var line string
		line, err = id.build.executable()
		p.lines = []string{line}
	}
	if err != nil {
		return nil, err
	}
	id.packages[importPath] = p
	return p, nil
}

// source finds the registered module of a package and its folder there.
func (id *Identifier) source(importPath string) (src *Source, dir string, ok bool) {
	for i := range id.sources {
		s := &id.sources[i]
		if src != nil && len(s.Module) < len(src.Module) {
			continue
		}
		if importPath == s.Module {
			src, dir = s, "."
		} else if rest, ok := strings.CutPrefix(importPath, s.Module+"/"); ok {
			src, dir = s, rest
		}
	}
	return src, dir, src != nil
}

func hasGo(fsys fs.FS, dir string) bool {
	names, err := fs.Glob(fsys, path.Join(dir, "*.go"))
	return err == nil && len(names) > 0
}

func (id *Identifier) readPackage(p *pkg, src *Source, dir string) error {
	entries, err := fs.ReadDir(src.FS, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		isGo := path.Ext(name) == ".go"
		if e.IsDir() || strings.HasSuffix(name, "_test.go") || !isGo && !foreign(name) {
			continue
		}
		if ok, err := id.build.compiles(src.FS, name); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		content, err := fs.ReadFile(src.FS, name)
		if err != nil {
			return err
		}
		if !isGo {
			p.add(src, name, tree.Sum(content))
			continue
		}
		f, err := readGo(name, content)
		if err != nil {
			return err
		}
		p.add(src, name, f.digest)
		if err := p.embed(src, dir, name, f.embeds); err != nil {
			return err
		}
		for _, imported := range f.imports {
			if err := id.follow(p, src, imported); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pkg) add(src *Source, name string, d tree.Digest) {
	p.lines = append(p.lines, fmt.Sprintf("file %s %s %s", src.Module, name, d))
}

// embed adds the files that a Go file embeds.
func (p *pkg) embed(src *Source, dir, file string, patterns []string) error {
	for _, pattern := range patterns {
		names, err := fs.Glob(src.FS, path.Join(dir, strings.TrimPrefix(pattern, "all:")))
		if err != nil {
			return fmt.Errorf("%s: //go:embed %s: %w", file, pattern, err)
		}
		if len(names) == 0 {
			return fmt.Errorf("%s: it embeds %s, which is not among the registered files of module %s: add it there", file, pattern, src.Module)
		}
		for _, name := range names {
			err := fs.WalkDir(src.FS, name, func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				content, err := fs.ReadFile(src.FS, name)
				p.add(src, name, tree.Sum(content))
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// follow adds an imported package: to be read, if it is of a registered
// module, or by the version of its module.
func (id *Identifier) follow(p *pkg, src *Source, imported string) error {
	if _, _, ok := id.source(imported); ok || id.build.isMain(imported) {
		p.imports = append(p.imports, imported)
		return nil
	}
	module, ok := id.build.module(imported)
	if !ok {
		return nil // of the standard library
	}
	reached, ok := src.Reaches[imported]
	if !ok {
		reached = id.build.modules()
	}
	return p.addModules(id.build, append([]string{module}, reached...))
}

// addModules adds the versions of modules.
func (p *pkg) addModules(b build, modules []string) error {
	for _, m := range modules {
		line, err := b.version(m)
		if err != nil {
			return err
		}
		p.lines = append(p.lines, line)
	}
	return nil
}
