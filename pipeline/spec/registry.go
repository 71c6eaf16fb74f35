package spec

import (
	"errors"
	"fmt"
	"slices"

	"whorl/pipeline/gather"
	"whorl/pipeline/spec/internal/code"
	"whorl/pipeline/spec/internal/params"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/pipeline/stage"
)

// A Registry holds the kinds of stages that a pipeline.yaml may name, the data
// sources, and the source code by which a kind is identified.
type Registry struct {
	kinds map[string]*kind
	data  map[string]*kind
	code  *code.Identifier
	tools *tools
}

// kind is a registered stage.Kind with its parameters' schema.
type kind struct {
	stage.Kind
	schema *params.Schema
}

// A Source is the Go source code of a module, by which its stages are
// identified: see [Registry.AddSource].
type Source = code.Source

// NewRegistry returns a registry that knows only the kind "command", and the
// sources of some modules. A program calls [whorl/pipeline.NewRegistry], which
// gives the engine's own source.
func NewRegistry(sources ...Source) *Registry {
	return &Registry{kinds: map[string]*kind{}, data: map[string]*kind{}, tools: &tools{out: map[string]string{}}, code: code.NewIdentifier(sources...)}
}

// validName reports whether s is a name, which is part of references
// "stage.output", of file names and of shell placeholders.
func validName(s string) bool {
	for i, c := range []byte(s) {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '-'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= 100
}

const aName = "a name is a letter followed by letters, digits, - and _, 100 at most"

// Register makes kinds known. It reports every ill-formed one.
func (r *Registry) Register(kinds ...stage.Kind) error {
	var errs []error
	for _, k := range kinds {
		errs = append(errs, add(r.kinds, k))
	}
	return errors.Join(errs...)
}

// RegisterData makes kinds known as data sources, which pipeline.yaml and
// --data name. A data source has no inputs and one output, a directory.
func (r *Registry) RegisterData(kinds ...stage.Kind) error {
	var errs []error
	for _, k := range kinds {
		if len(k.Inputs) != 0 || len(k.Outputs) != 1 || !k.Outputs[0].Dir {
			errs = append(errs, fmt.Errorf("data source %q: it must have no inputs and one output, a directory", k.Name))
			continue
		}
		if k.Random {
			errs = append(errs, fmt.Errorf("data source %q: the run's seed never changes the data: give it a seed parameter of its own", k.Name))
			continue
		}
		errs = append(errs, add(r.data, k))
	}
	return errors.Join(errs...)
}

func add(to map[string]*kind, k stage.Kind) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("kind %q: %w", k.Name, fmt.Errorf(format, args...))
	}
	if !validName(k.Name) {
		return fail(aName)
	}
	if k.Name == commandKind || k.Name == gather.Kind {
		return fail("the name is the engine's own")
	}
	if to[k.Name] != nil {
		return fail("registered twice")
	}
	if k.Run == nil {
		return fail("it has no Run")
	}
	seen := map[string]bool{}
	for _, ports := range [][]stage.Port{k.Inputs, k.Outputs} {
		clear(seen)
		for _, p := range ports {
			if !validName(p.Name) || seen[p.Name] {
				return fail("port %q: %s, and may be used once", p.Name, aName)
			}
			seen[p.Name] = true
		}
	}
	if err := checkMetrics(k.Metrics); err != nil {
		return fail("%w", err)
	}
	schema, err := params.SchemaOf(k.Params)
	if err != nil {
		return fail("%w", err)
	}
	to[k.Name] = &kind{k, schema}
	return nil
}

// checkMetrics checks the descriptions of metrics: names that differ, goals that
// exist, at most one primary metric, and a goal for it.
func checkMetrics(infos []stage.MetricInfo) error {
	seen, primary := map[string]bool{}, ""
	for _, m := range infos {
		switch {
		case m.Name == "":
			return errors.New("a metric has no name")
		case seen[m.Name]:
			return fmt.Errorf("metric %q is described twice", m.Name)
		case m.Goal != stage.NoGoal && m.Goal != stage.Minimize && m.Goal != stage.Maximize:
			return fmt.Errorf("metric %q: unknown goal %q%s", m.Name, m.Goal,
				yamlwalk.Suggest(string(m.Goal), []string{string(stage.Minimize), string(stage.Maximize)}))
		case m.Primary && primary != "":
			return fmt.Errorf("metrics %q and %q are both primary", primary, m.Name)
		case m.Primary && m.Goal == stage.NoGoal:
			return fmt.Errorf("metric %q is primary, so it needs a goal: minimize or maximize", m.Name)
		}
		seen[m.Name] = true
		if m.Primary {
			primary = m.Name
		}
	}
	return nil
}

// AddSource makes the source of a module known. A kind whose Run is declared
// in that module is identified by the packages of the module that it reaches.
// A kind of any other module is identified by the whole executable, so that
// every change of the program makes it stale.
func (r *Registry) AddSource(s Source) error { return r.code.Add(s) }

// Kinds returns the kinds of stages, sorted by name.
func (r *Registry) Kinds() []stage.Kind { return kindsOf(r.kinds) }

// DataSources returns the kinds of data sources, sorted by name.
func (r *Registry) DataSources() []stage.Kind { return kindsOf(r.data) }

func kindsOf(m map[string]*kind) []stage.Kind {
	var ks []stage.Kind
	for _, name := range sortedKeys(m) {
		ks = append(ks, m[name].Kind)
	}
	return ks
}

// Schema returns the parameters of a registered kind, for --help.
func (r *Registry) Schema(name string) []ParamInfo {
	k := r.kinds[name]
	if k == nil {
		k = r.data[name]
	}
	if k == nil {
		return nil
	}
	return k.schema.Infos()
}

// A ParamInfo describes a parameter of a kind.
type ParamInfo = params.Info

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
