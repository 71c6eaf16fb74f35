package cli

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"whorl/experiments/track"
	"whorl/pipeline"
)

// number is a float64 that JSON can carry: NaN and infinities become null.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// writeJSON writes one JSON value, indented for people, and a newline.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// runJSON is what "run --json" prints.
type runJSON struct {
	Run     string            `json:"run"`
	State   pipeline.State    `json:"state"`
	Stages  []stageJSON       `json:"stages"`
	Metrics map[string]number `json:"metrics"`
}

type stageJSON struct {
	Name    string                `json:"name"`
	Status  pipeline.Status       `json:"status"`
	Key     string                `json:"key,omitempty"`
	Seconds float64               `json:"seconds"`
	Outputs map[string]outputJSON `json:"outputs"`
	Error   string                `json:"error,omitempty"`
}

type outputJSON struct {
	Digest string `json:"digest"`
	Bytes  int64  `json:"bytes"`
}

func resultJSON(r *pipeline.Result) runJSON {
	j := runJSON{Run: r.ID, State: r.State, Stages: []stageJSON{}, Metrics: resultMetrics(r)}
	for _, s := range r.Stages {
		sj := stageJSON{Name: s.Name, Status: s.Status, Key: s.Key, Seconds: s.Seconds, Outputs: map[string]outputJSON{}}
		for _, o := range s.Outputs {
			sj.Outputs[o.Name] = outputJSON{o.Digest, o.Bytes}
		}
		if s.Err != nil {
			sj.Error = s.Err.Error()
		}
		j.Stages = append(j.Stages, sj)
	}
	return j
}

// resultMetrics gives each metric as "stage.name"; of a series, its last value.
func resultMetrics(r *pipeline.Result) map[string]number {
	metrics := map[string]number{}
	for _, s := range r.Stages {
		for _, m := range s.Metrics {
			metrics[s.Name+"."+m.Name] = number(m.Value)
		}
	}
	return metrics
}

// recordJSON is a recorded run, as "runs --json" lists them.
type recordJSON struct {
	Run     string            `json:"run"`
	State   string            `json:"state"`
	Started time.Time         `json:"started"`
	Seconds float64           `json:"seconds"`
	Params  map[string]any    `json:"params"`
	Metrics map[string]number `json:"metrics"`
}

func recordOf(r *track.Run) recordJSON {
	j := recordJSON{
		Run: r.ID, State: r.State, Started: r.Started, Seconds: r.Seconds,
		Params: map[string]any{"seed": r.Seed}, Metrics: map[string]number{},
	}
	for _, p := range r.Params {
		j.Params[p.Stage+"."+p.Name] = p.Value
	}
	for _, m := range r.Metrics {
		j.Metrics[m.Stage+"."+m.Name] = number(m.Value)
	}
	return j
}
