package reports

import (
	"encoding/json"
	"html/template"

	"whorl/experiments/compare"
)

// A field is a column that the table of runs may show, as the script knows it.
type field struct {
	Name  string `json:"name"` // canonical: "score.error"
	Title string `json:"title,omitempty"`
	Hint  string `json:"hint,omitempty"`
	Unit  string `json:"unit,omitempty"`
	Goal  string `json:"goal,omitempty"`
	Kind  string `json:"kind"` // run, param or metric
	Shown bool   `json:"shown,omitempty"`
}

// TableData is all that the runs were given and measured, for the script:
// fields, and for each run its values in their order. What is not finite is
// null.
func (p *page) TableData() (template.JS, error) {
	fields := []field{
		{Name: "run", Kind: "run"}, {Name: "state", Kind: "run"}, {Name: "id", Kind: "run"}, {Name: "configuration", Kind: "run"},
	}
	for _, d := range p.Differing {
		fields = append(fields, field{Name: d.Key, Kind: "param", Shown: true})
	}
	for _, c := range p.Constant {
		fields = append(fields, field{Name: c.Key, Kind: "param"})
	}
	shown := map[string]bool{}
	for _, m := range p.Shown {
		shown[m.Key] = true
	}
	for _, m := range p.All {
		f := field{Name: m.Key, Title: m.Title, Hint: m.Hint(), Unit: m.Unit, Goal: string(m.Goal), Kind: "metric", Shown: shown[m.Key]}
		if f.Title == m.name() {
			f.Title = ""
		}
		fields = append(fields, f)
	}
	fields = append(fields, field{Name: "seconds", Title: "Time", Unit: "s", Kind: "metric", Shown: true})
	type interval [2]float64
	rows := make([][]any, len(p.Trials))
	intervals := make([]map[string]interval, len(p.Trials))
	for i, t := range p.Trials {
		given := map[string]any{}
		for _, s := range compare.Settings(t.Run) {
			given[s.Key] = s.Value
		}
		row := []any{t.Label, string(t.State), t.ID, t.Group.Name}
		for _, f := range fields[4:] {
			var v any
			switch {
			case f.Name == "seconds":
				v = t.Seconds()
			case f.Kind == "metric":
				if x, ok := t.metrics[f.Name]; ok && finite(x) {
					v = x
				}
			default:
				switch x := given[f.Name].(type) {
				case nil, bool, int64, uint64, string:
					v = x
				default:
					v = setting(x)
				}
				if x, ok := given[f.Name].(float64); ok && finite(x) {
					v = x
				}
			}
			row = append(row, v)
		}
		rows[i] = row
		for key, ci := range t.intervals {
			if intervals[i] == nil {
				intervals[i] = map[string]interval{}
			}
			intervals[i][key] = interval{ci.Low, ci.High}
		}
	}
	data, err := json.Marshal(map[string]any{"fields": fields, "rows": rows, "intervals": intervals})
	return template.JS(data), err
}
