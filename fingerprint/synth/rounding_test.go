package synth

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// A compiler may fuse a product with a sum that takes it, across statements
// and inlined calls, unless the product is converted explicitly (Go spec,
// "Floating-point operators"); with GOARCH=arm64 or GOAMD64=v3 it does. So
// every product of floats has to be the operand of a conversion, a factor of
// another product, or divided; and of package math only what is exact may be
// used.
func TestEveryProductIsRounded(t *testing.T) {
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for _, fault := range roundingFaults(t, fset, files) {
		t.Error(fault)
	}
}

func TestRoundingFaultsAreFound(t *testing.T) {
	const good = `package p
import "math"
type v struct{ x float64 }
func f(a, b, c float64) float64 { return float64(a*b) + c }
func g(a, b, c float64) float64 { return a*b/c + math.Sqrt(a) }
func h(i, j, k int) int { return i*j + k }
func k(a float64) float64 { return float64(a*a*(2*a)) - 2*3 }
`
	bad := map[string]string{
		"sum":       `func z(a, b, c float64) float64 { return a*b + c }`,
		"statement": `func z(a, b, c float64) float64 { t := a*b; return t + c }`,
		"argument":  `func z(a, b, c float64) float64 { return f(a*b, b, c) }`,
		"field":     `func z(a, b float64) v { return v{a*b} }`,
		"float32":   `func z(a, b float32) float32 { return -(a*b) }`,
		"assign":    `func z(a, b float64) float64 { a *= b; return a }`,
		"math":      `func z(a float64) float64 { return math.Exp(a) }`,
	}
	check := func(src string) []string {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "p.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		return roundingFaults(t, fset, []*ast.File{f})
	}
	if faults := check(good); len(faults) != 0 {
		t.Errorf("good code: %q", faults)
	}
	for name, line := range bad {
		if faults := check(good + line); len(faults) != 1 {
			t.Errorf("%s: found %q, want one fault", name, faults)
		}
	}
}

var exactMath = map[string]bool{"Sqrt": true, "Floor": true, "Pi": true}

func roundingFaults(t *testing.T, fset *token.FileSet, files []*ast.File) []string {
	t.Helper()
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object)}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	if _, err := conf.Check("p", fset, files, info); err != nil {
		t.Fatal(err)
	}
	float := func(e ast.Expr) bool {
		tv := info.Types[e]
		b, ok := tv.Type.Underlying().(*types.Basic)
		return ok && b.Info()&types.IsFloat != 0 && tv.Value == nil // constants are exact
	}
	var faults []string
	fault := func(n ast.Node, what string) {
		faults = append(faults, fset.Position(n.Pos()).String()+": "+what)
	}
	for _, f := range files {
		var above []ast.Node
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil {
				above = above[:len(above)-1]
				return true
			}
			switch e := n.(type) {
			case *ast.BinaryExpr:
				if e.Op == token.MUL && float(e) && !rounded(info, above) {
					fault(e, "product is not rounded by a conversion")
				}
			case *ast.AssignStmt:
				if e.Tok == token.MUL_ASSIGN && float(e.Lhs[0]) {
					fault(e, "product is not rounded by a conversion")
				}
			case *ast.SelectorExpr:
				if o := info.Uses[e.Sel]; o != nil && o.Pkg() != nil && o.Pkg().Path() == "math" && !exactMath[o.Name()] {
					fault(e, "math."+o.Name()+" is not the same on every architecture")
				}
			}
			above = append(above, n)
			return true
		})
	}
	return faults
}

// rounded reports whether what stands around a product keeps it from fusing.
func rounded(info *types.Info, above []ast.Node) bool {
	for i := len(above) - 1; i >= 0; i-- {
		switch e := above[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.BinaryExpr:
			return e.Op == token.MUL || e.Op == token.QUO
		case *ast.CallExpr:
			return info.Types[e.Fun].IsType()
		}
		return false
	}
	return false
}
