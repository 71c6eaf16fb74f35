package params

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A Schema is the parameters of a kind, in the order of their fields.
type Schema struct {
	typ      reflect.Type // of the struct; nil if there are no parameters
	defaults reflect.Value
	fields   []field
}

type field struct {
	index    int
	name     string
	progress bool
	doc      string
	min, max *float64
	enum     []string
}

// SchemaOf reads the struct tags of a value that holds the defaults; see
// stage.Kind.
func SchemaOf(defaults any) (*Schema, error) {
	if defaults == nil {
		return &Schema{}, nil
	}
	v := reflect.ValueOf(defaults)
	if v.Kind() != reflect.Struct {
		return nil, fmt.Errorf("parameters are %s: want a struct", v.Type())
	}
	s := &Schema{typ: v.Type(), defaults: v}
	var errs []error
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if !sf.IsExported() {
			continue
		}
		f, err := readTags(sf)
		if err == nil && slices.ContainsFunc(s.fields, func(g field) bool { return g.name == f.name }) {
			err = fmt.Errorf("the name %q is used twice", f.name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("parameter field %s: %w", sf.Name, err))
			continue
		}
		f.index = i
		s.fields = append(s.fields, f)
	}
	return s, errors.Join(errs...)
}

func readTags(sf reflect.StructField) (field, error) {
	name, option, _ := strings.Cut(sf.Tag.Get("param"), ",")
	f := field{name: name, doc: sf.Tag.Get("doc")}
	switch {
	case name == "":
		return f, errors.New(`it has no tag param:"name"`)
	case option == "progress":
		f.progress = true
	case option != "":
		return f, fmt.Errorf("unknown option %q in its param tag", option)
	}
	elem := sf.Type
	if elem.Kind() == reflect.Slice || elem.Kind() == reflect.Array {
		elem = elem.Elem()
	}
	switch elem.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64, reflect.String:
	default:
		return f, fmt.Errorf("type %s: want bool, int, float64, string, or a slice or array of one of those", sf.Type)
	}
	var err error
	if f.min, err = bound(sf, "min"); err != nil {
		return f, err
	}
	if f.max, err = bound(sf, "max"); err != nil {
		return f, err
	}
	if enum := sf.Tag.Get("enum"); enum != "" {
		f.enum = strings.Split(enum, ",")
	}
	return f, nil
}

func bound(sf reflect.StructField, tag string) (*float64, error) {
	s, ok := sf.Tag.Lookup(tag)
	if !ok {
		return nil, nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("tag %s: %w", tag, err)
	}
	return &x, nil
}

// Names returns the names of the parameters, in the order of the fields.
func (s *Schema) Names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

// An Info describes a parameter.
type Info struct {
	Name, Doc, Type string
	Default         any
	Min, Max        *float64
	Enum            []string
	Progress        bool
}

// Infos describes the parameters, in the order of the fields.
func (s *Schema) Infos() []Info {
	infos := make([]Info, len(s.fields))
	for i, f := range s.fields {
		v := s.defaults.Field(f.index)
		infos[i] = Info{f.name, f.doc, typeName(v.Type()), plain(v), f.min, f.max, f.enum, f.progress}
	}
	return infos
}

// typeName says what is wanted, in words.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "a string"
	case reflect.Array:
		return fmt.Sprintf("a list of %d, each %s", t.Len(), typeName(t.Elem()))
	}
	return "a list, each " + typeName(t.Elem())
}
