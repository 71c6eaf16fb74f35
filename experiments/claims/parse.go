package claims

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"whorl/experiments/compare"
	"whorl/pipeline/spec/yamlwalk"
)

// A name becomes part of macros and of anchors.
var validName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

var (
	statistics = []string{"mean", "median", "min", "max"}
	verdicts   = []string{string(compare.Better), string(compare.Worse), string(compare.NoDifference)}
)

// Load reads a file of claims. If it is wrong the error is a [*yamlwalk.Error]
// that lists everything that is.
func Load(path string) ([]Claim, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return Parse(path, text)
}

// Parse is Load of a text that is taken to be in a file called path.
func Parse(path string, text []byte) ([]Claim, error) {
	p := parser{yamlwalk.Walker{File: path}}
	root := p.Document(text, "a mapping of names to claims")
	if root == nil {
		return nil, p.Err()
	}
	var all []Claim
	macros := map[string]string{}
	p.Pairs(root, "claims", func(key, value *yaml.Node) {
		name := key.Value
		if !validName.MatchString(name) {
			p.Fail(key, "claim %q: want a name of lower-case letters, digits and _, since it becomes part of macros", name)
			return
		}
		if other := macros[Macro(name)]; other != "" {
			p.Fail(key, "claim %q: its macro is that of %q", name, other)
			return
		}
		macros[Macro(name)] = name
		if c, ok := p.claim(name, value); ok {
			c.At = p.At(key)
			all = append(all, c)
		}
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// A parser goes on after an error, so that all are found at once.
type parser struct{ yamlwalk.Walker }

// forms are the fields of the three forms, the first of which tells the form.
var forms = map[string][]string{
	"metric":  {"sweep", "pipeline", "where", "metric", "statistic", "within", "digits", "percent", "data", "in", "text"},
	"compare": {"compare", "metric", "expect", "data", "in", "text"},
	"quote":   {"quote", "source", "in"},
}

func (p *parser) claim(name string, n *yaml.Node) (c Claim, ok bool) {
	c.Name = name
	n = yamlwalk.Deref(n)
	form := ""
	for _, f := range []string{"quote", "compare", "metric"} {
		if n.Kind == yaml.MappingNode && form == "" {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == f {
					form = f
				}
			}
		}
	}
	if form == "" {
		p.Fail(n, "claim %s: want a mapping with metric and sweep, compare and expect, or quote and source", name)
		return c, false
	}
	before := len(p.Problems)
	f := p.Fields(n, "claim "+name, forms[form]...)
	text := func(field string, to *string, required bool) {
		if f[field] == nil {
			if required {
				p.Fail(n, "claim %s: it has no %s", name, field)
			}
			return
		}
		*to, _ = p.Text(f[field], "claim %s: %s", name, field)
	}
	text("in", &c.In, false)
	if form != "quote" {
		text("data", &c.Data, false)
		text("text", &c.Text, false)
		if (c.In == "") != (c.Text == "") {
			p.Fail(n, "claim %s: in and text belong together: the document, and what stands in it", name)
		}
	}
	switch form {
	case "metric":
		c.Value = p.value(name, n, f, text)
	case "compare":
		c.Verdict = p.verdict(name, n, f, text)
	case "quote":
		c.Quote = &Quote{}
		if q := yamlwalk.Deref(f["quote"]); q.Kind != yaml.ScalarNode || yamlwalk.IsNull(q) || q.Value == "" {
			p.Fail(q, "claim %s: quote: want a number or text, not %s", name, yamlwalk.Describe(q))
		} else {
			c.Quote.Text = q.Value
		}
		text("source", &c.Quote.Source, true)
		if c.In != "" {
			c.Text = c.Quote.Text
		}
	}
	return c, len(p.Problems) == before
}

type textField = func(field string, to *string, required bool)

func (p *parser) value(name string, n *yaml.Node, f map[string]*yaml.Node, text textField) *Value {
	v := &Value{Statistic: "mean", Digits: 3}
	text("sweep", &v.Sweep, false)
	text("pipeline", &v.Pipeline, false)
	text("where", &v.Where, false)
	text("metric", &v.Metric, true)
	p.metric(name, f["metric"], v.Metric)
	if (f["sweep"] == nil) == (f["pipeline"] == nil) {
		p.Fail(n, "claim %s: want either a sweep or a pipeline", name)
	}
	if v.Where != "" && f["pipeline"] != nil {
		p.Fail(f["where"], "claim %s: where chooses trials of a sweep; a pipeline has one run", name)
	}
	if s := f["statistic"]; s != nil {
		v.Statistic = p.oneOf(s, name, "statistic", statistics)
	} else if f["sweep"] != nil {
		p.Fail(n, "claim %s: it has no statistic: want one of %s", name, strings.Join(statistics, ", "))
	}
	if f["within"] == nil {
		p.Fail(n, "claim %s: it has no within: want [LOW, HIGH]", name)
	} else {
		v.Within = p.within(name, f["within"])
	}
	if d := f["digits"]; d != nil {
		d = yamlwalk.Deref(d)
		digits, err := strconv.Atoi(d.Value)
		if err != nil || d.ShortTag() != "!!int" || digits < 1 || digits > 17 {
			p.Fail(d, "claim %s: digits: want a whole number from 1 to 17, not %s", name, yamlwalk.Describe(d))
		}
		v.Digits = digits
	}
	if b := f["percent"]; b != nil {
		b = yamlwalk.Deref(b)
		if v.Percent = b.Value == "true"; b.ShortTag() != "!!bool" {
			p.Fail(b, "claim %s: percent: want true or false, not %s", name, yamlwalk.Describe(b))
		}
	}
	return v
}

func (p *parser) verdict(name string, n *yaml.Node, f map[string]*yaml.Node, text textField) *Verdict {
	v := &Verdict{}
	if sides, ok := p.List(f["compare"], "claim %s: compare", name); ok {
		if len(sides) != 2 {
			p.Fail(f["compare"], "claim %s: compare: want two sides, not %d", name, len(sides))
		} else {
			for i, side := range sides {
				v.Compare[i], _ = p.Text(side, "claim %s: compare", name)
			}
		}
	}
	text("metric", &v.Metric, false)
	p.metric(name, f["metric"], v.Metric)
	if e := f["expect"]; e == nil {
		p.Fail(n, "claim %s: it has no expect: want one of %s", name, strings.Join(verdicts, ", "))
	} else {
		v.Expect = compare.Verdict(p.oneOf(e, name, "expect", verdicts))
	}
	return v
}

func (p *parser) metric(name string, n *yaml.Node, metric string) {
	if stage, rest, ok := strings.Cut(metric, "."); metric != "" && (!ok || stage == "" || rest == "") {
		p.Fail(n, "claim %s: metric %q: want STAGE.METRIC, such as evaluate.eer", name, metric)
	}
}

func (p *parser) oneOf(n *yaml.Node, name, field string, known []string) string {
	s, ok := p.Text(n, "claim %s: %s", name, field)
	if ok && !slices.Contains(known, s) {
		p.Fail(n, "claim %s: %s %q: want one of %s", name, field, s, strings.Join(known, ", "))
	}
	return s
}

func (p *parser) within(name string, n *yaml.Node) (bounds [2]float64) {
	list, ok := p.List(n, "claim %s: within", name)
	if !ok {
		return bounds
	}
	if len(list) != 2 {
		p.Fail(n, "claim %s: within: want [LOW, HIGH], not %d values", name, len(list))
		return bounds
	}
	for i, e := range list {
		x, err := strconv.ParseFloat(e.Value, 64)
		if tag := e.ShortTag(); err != nil || tag != "!!float" && tag != "!!int" || math.IsNaN(x) {
			p.Fail(e, "claim %s: within: want a number, not %s", name, yamlwalk.Describe(e))
			return bounds
		}
		bounds[i] = x
	}
	if bounds[0] > bounds[1] {
		p.Fail(n, "claim %s: within: %s is above %s", name, number(bounds[0]), number(bounds[1]))
	}
	return bounds
}
