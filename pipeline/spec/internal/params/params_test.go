package params

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

type all struct {
	Flag   bool      `param:"flag"`
	Count  int       `param:"count,progress" min:"0" max:"99" doc:"how many"`
	Rate   float64   `param:"rate" min:"0"`
	Mode   string    `param:"mode" enum:"a,b"`
	Size   [2]int    `param:"size"`
	Words  []string  `param:"words"`
	Rates  []float64 `param:"rates" max:"1"`
	hidden int
}

var defaults = all{Count: 3, Rate: 0.5, Mode: "a", Size: [2]int{1, 2}, Words: []string{"x"}, hidden: 1}

func schema(t interface{ Fatal(...any) }) *Schema {
	s, err := SchemaOf(defaults)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaOf(t *testing.T) {
	for want, bad := range map[string]any{
		"want a struct":       3,
		`no tag param:"name"`: struct{ X int }{},
		"unknown option": struct {
			X int `param:"x,fast"`
		}{},
		"type map[string]int": struct {
			X map[string]int `param:"x"`
		}{},
		"tag min": struct {
			X int `param:"x" min:"few"`
		}{},
		`name "x" is used twice`: struct {
			X, Y int `param:"x"`
		}{},
	} {
		if _, err := SchemaOf(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: got %v, want %q", bad, err, want)
		}
	}
	infos := schema(t).Infos()
	if len(infos) != 7 || infos[1].Name != "count" || !infos[1].Progress || infos[1].Doc != "how many" ||
		*infos[1].Max != 99 || infos[1].Default != int64(3) || infos[4].Type != "a list of 2, each an integer" {
		t.Errorf("infos: %+v", infos)
	}
	if s, err := SchemaOf(nil); err != nil || s.New().Struct() != nil || len(s.New().All()) != 0 {
		t.Errorf("no parameters: %v, %v", s, err)
	}
}

// TestDefaultsAreNobodysToChange sets a list and looks at the defaults.
func TestDefaultsAreNobodysToChange(t *testing.T) {
	s := schema(t)
	one := s.New()
	one.Struct().(all).Words[0] = "spoilt"
	if got := s.New().Struct().(all).Words[0]; got != "x" {
		t.Errorf("the default is %q", got)
	}
	if !reflect.DeepEqual(s.New().Struct(), any(defaults)) {
		t.Errorf("got %+v, want %+v", s.New().Struct(), defaults)
	}
}

// TestRoundTrip writes resolved values as YAML and reads them back.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := schema(t)
		want := all{
			Flag: rapid.Bool().Draw(t, "flag"), Count: rapid.IntRange(0, 99).Draw(t, "count"),
			Rate: rapid.Float64Range(0, 1e300).Draw(t, "rate"), Mode: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "mode"),
			Size:  [2]int{rapid.Int().Draw(t, "width"), rapid.Int().Draw(t, "height")},
			Words: rapid.SliceOf(rapid.String()).Draw(t, "words"), Rates: rapid.SliceOf(rapid.Float64Range(-1e9, 1)).Draw(t, "rates"),
			hidden: defaults.hidden,
		}
		text, err := yaml.Dump(map[string]any{
			"flag": want.Flag, "count": want.Count, "rate": want.Rate, "mode": want.Mode,
			"size": want.Size, "words": want.Words, "rates": want.Rates,
		})
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Load(text, &doc); err != nil {
			t.Fatal(err)
		}
		vs := s.New()
		m := doc.Content[0]
		for i := 0; i < len(m.Content); i += 2 {
			if _, err := vs.Set(m.Content[i].Value, m.Content[i+1]); err != nil {
				t.Fatalf("%s: %v in\n%s", m.Content[i].Value, err, text)
			}
		}
		if got := vs.Struct().(all); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v from\n%s", got, want, text)
		}
	})
}

func TestAll(t *testing.T) {
	var text []string
	for _, v := range schema(t).New().All() {
		text = append(text, v.Name+"="+v.Text)
	}
	const want = `count=3 flag=false mode="a" rate=0.5 rates=[] size=[1,2] words=["x"]`
	if got := strings.Join(text, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
