package cli

import (
	"fmt"
	"strings"

	"whorl/experiments/track"
	"whorl/pipeline"
	"whorl/pipeline/stage"
)

// figuresShown is how many figures of a run a line holds: of evaluate, ROC
// AUC, EER, average precision and accuracy.
const figuresShown = 4

// figures are the first that a stage measured, series and timings left out.
type figures struct {
	stage   string
	metrics []stage.Metric
}

// String returns "evaluate: roc_auc 0.999  eer 0.01", or "" if there are none.
func (f figures) String() string {
	if len(f.metrics) == 0 {
		return ""
	}
	parts := make([]string, len(f.metrics))
	for i, m := range f.metrics {
		parts[i] = m.Name + " " + figure(m.Value)
	}
	return f.stage + ": " + strings.Join(parts, "  ")
}

// names returns "evaluate.roc_auc", "evaluate.eer", ...
func (f figures) names() []string {
	names := make([]string, len(f.metrics))
	for i, m := range f.metrics {
		names[i] = f.stage + "." + m.Name
	}
	return names
}

func (f *figures) add(m stage.Metric) {
	if !m.Timing && m.Step < 0 && len(f.metrics) < figuresShown {
		f.metrics = append(f.metrics, m)
	}
}

// figuresOf gives those of the last stage that measured any.
func figuresOf(r *pipeline.Result) figures {
	for i := len(r.Stages) - 1; i >= 0; i-- {
		f := figures{stage: r.Stages[i].Name}
		for _, m := range r.Stages[i].Metrics {
			f.add(m)
		}
		if len(f.metrics) > 0 {
			return f
		}
	}
	return figures{}
}

// recordedFigures is figuresOf a recorded run.
func recordedFigures(r *track.Run) figures {
	for i := len(r.Stages) - 1; i >= 0; i-- {
		f := figures{stage: r.Stages[i].Name}
		for _, m := range r.Metrics {
			if m.Stage == f.stage {
				f.add(stage.Metric{Name: m.Name, Step: m.Step, Value: m.Value, Timing: m.Timing})
			}
		}
		if len(f.metrics) > 0 {
			return f
		}
	}
	return figures{}
}

func figure(v float64) string { return fmt.Sprintf("%.4g", v) }
