package params

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/pipeline/value"
)

// Values are the parameters of one stage.
type Values struct {
	schema *Schema
	v      reflect.Value // an addressable struct
}

// New returns the defaults.
func (s *Schema) New() *Values {
	vs := &Values{schema: s}
	if s.typ == nil {
		return vs
	}
	vs.v = reflect.New(s.typ).Elem()
	vs.v.Set(s.defaults)
	for _, f := range s.fields { // callers must not change a default slice
		if fv := vs.v.Field(f.index); fv.Kind() == reflect.Slice && !fv.IsNil() {
			fv.Set(reflect.AppendSlice(reflect.MakeSlice(fv.Type(), 0, fv.Len()), fv))
		}
	}
	return vs
}

// Has reports whether there is a parameter of that name.
func (s *Schema) Has(name string) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool { return f.name == name })
}

// Set gives a parameter, which must exist, the value of a YAML node. The error
// has no position: it is node's or, in a list, that of the node it returns.
func (vs *Values) Set(name string, node *yaml.Node) (*yaml.Node, error) {
	i := slices.IndexFunc(vs.schema.fields, func(f field) bool { return f.name == name })
	f := &vs.schema.fields[i]
	return f.set(vs.v.Field(f.index), node)
}

func (f *field) set(v reflect.Value, node *yaml.Node) (*yaml.Node, error) {
	if node.Kind == yaml.AliasNode {
		return f.set(v, node.Alias)
	}
	if k := v.Kind(); k != reflect.Slice && k != reflect.Array {
		return node, f.setScalar(v, node)
	}
	if node.Kind != yaml.SequenceNode {
		return node, mismatch(v.Type(), node)
	}
	list := reflect.MakeSlice(reflect.SliceOf(v.Type().Elem()), len(node.Content), len(node.Content))
	for i, n := range node.Content {
		if at, err := f.set(list.Index(i), n); err != nil {
			return at, err
		}
	}
	if v.Kind() == reflect.Slice {
		v.Set(list)
		return node, nil
	}
	if list.Len() != v.Len() {
		return node, fmt.Errorf("wants %s, not of %d", typeName(v.Type()), list.Len())
	}
	reflect.Copy(v, list)
	return node, nil
}

func (f *field) setScalar(v reflect.Value, node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return mismatch(v.Type(), node)
	}
	tag := node.ShortTag()
	fits := false
	switch v.Kind() {
	case reflect.Bool:
		fits = tag == "!!bool"
	case reflect.String:
		fits = tag == "!!str"
	case reflect.Float64:
		fits = tag == "!!float" || tag == "!!int"
	default:
		fits = tag == "!!int"
	}
	if !fits {
		return mismatch(v.Type(), node)
	}
	if err := node.Decode(v.Addr().Interface()); err != nil {
		return fmt.Errorf("wants %s: %s is out of its range", typeName(v.Type()), node.Value)
	}
	return f.check(v)
}

func (f *field) check(v reflect.Value) error {
	var x float64
	switch {
	case v.CanInt():
		x = float64(v.Int())
	case v.CanFloat():
		if x = v.Float(); x != x || x-x != 0 {
			return fmt.Errorf("wants a finite number, not %v", x)
		}
	case v.Kind() == reflect.String:
		if f.enum != nil && !slices.Contains(f.enum, v.String()) {
			return &EnumError{v.String(), f.enum}
		}
		return nil
	default:
		return nil
	}
	switch {
	case f.min != nil && f.max != nil && (x < *f.min || x > *f.max):
		return fmt.Errorf("wants %s from %v to %v, not %v", typeName(v.Type()), *f.min, *f.max, v)
	case f.min != nil && x < *f.min:
		return fmt.Errorf("wants %s of at least %v, not %v", typeName(v.Type()), *f.min, v)
	case f.max != nil && x > *f.max:
		return fmt.Errorf("wants %s of at most %v, not %v", typeName(v.Type()), *f.max, v)
	}
	return nil
}

// An EnumError says that a string is not among the allowed ones.
type EnumError struct {
	Value string
	Enum  []string
}

func (e *EnumError) Error() string {
	return fmt.Sprintf("wants one of %s, not %q", strings.Join(e.Enum, ", "), e.Value)
}

func mismatch(t reflect.Type, node *yaml.Node) error {
	hint := ""
	if t.Kind() == reflect.String && node.Kind == yaml.ScalarNode && node.ShortTag() != "!!null" {
		hint = fmt.Sprintf("; quote it: %q", node.Value)
	}
	return fmt.Errorf("wants %s, not %s%s", typeName(t), describe(node), hint)
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch node.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!str":
		return strconv.Quote(node.Value)
	}
	return node.Value
}

// Validate calls the struct's own check, if it has one.
func (vs *Values) Validate() error {
	if !vs.v.IsValid() {
		return nil
	}
	if c, ok := vs.v.Addr().Interface().(interface{ Validate() error }); ok {
		return c.Validate()
	}
	return nil
}

// Struct returns a copy of the struct, of the type of the defaults, or nil.
func (vs *Values) Struct() any {
	if !vs.v.IsValid() {
		return nil
	}
	return vs.v.Interface()
}

// A Value is a resolved parameter.
type Value struct {
	Name     string
	Value    any // bool, int64, float64, string, or a slice of one of those
	Text     string
	Progress bool
}

// All returns the parameters sorted by name.
func (vs *Values) All() []Value {
	all := make([]Value, 0, len(vs.schema.fields))
	for _, f := range vs.schema.fields {
		x := plain(vs.v.Field(f.index))
		all = append(all, Value{f.name, x, value.Text(x), f.progress})
	}
	slices.SortFunc(all, func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// plain turns a field into one of the few types that are recorded.
func plain(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.CanInt():
		return v.Int()
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.String:
		return v.String()
	}
	switch elem := v.Type().Elem(); elem.Kind() {
	case reflect.Bool:
		return list(v, reflect.Value.Bool)
	case reflect.Float64:
		return list(v, reflect.Value.Float)
	case reflect.String:
		return list(v, reflect.Value.String)
	default:
		return list(v, func(x reflect.Value) int64 { return plain(x).(int64) })
	}
}

func list[T any](v reflect.Value, of func(reflect.Value) T) []T {
	l := make([]T, v.Len())
	for i := range l {
		l[i] = of(v.Index(i))
	}
	return l
}
