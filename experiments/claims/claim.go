package claims

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"whorl/experiments/compare"
	"whorl/pipeline/spec/yamlwalk"
)

// A Claim is a named statement. One of Value, Verdict and Quote is set.
type Claim struct {
	Name string
	At   yamlwalk.Position // of the name

	Value   *Value
	Verdict *Verdict
	Quote   *Quote

	Data string // path of the data that it needs, relative to the file; empty: that of the pipeline
	In   string // path of the document in which Text stands, relative to the file; empty: none
	Text string // as the document has it
}

// A Value says that a statistic of a metric lies within bounds.
type Value struct {
	Sweep     string // file or name; empty if Pipeline is set
	Pipeline  string // path of a pipeline.yaml, relative to the file
	Where     string // which trials; empty: all
	Metric    string // "stage.name"
	Statistic string // mean, median, min or max
	Within    [2]float64
	Digits    int  // significant, as exported
	Percent   bool // exported times 100, with a percent sign
}

// A Verdict says what a comparison comes to.
type Verdict struct {
	Compare [2]string // each SWEEP or SWEEP:QUERY
	Metric  string    // empty: the primary one
	Expect  compare.Verdict
}

// A Quote is a figure that was measured elsewhere.
type Quote struct {
	Text   string
	Source string // where and how it was measured
}

// Of returns the statistic of values. It fails if there are none, or if one is
// not finite.
func (v *Value) Of(values []float64) (float64, error) {
	if len(values) == 0 {
		return 0, fmt.Errorf("no finished run has the metric %s", v.Metric)
	}
	sorted := slices.Sorted(slices.Values(values))
	var sum float64
	for _, x := range sorted {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return 0, fmt.Errorf("%s is not finite in every run", v.Metric)
		}
		sum += x
	}
	n := len(sorted)
	switch v.Statistic {
	case "median":
		return (sorted[(n-1)/2] + sorted[n/2]) / 2, nil
	case "min":
		return sorted[0], nil
	case "max":
		return sorted[n-1], nil
	}
	return sum / float64(n), nil
}

// Format writes a value as it is exported.
func (v *Value) Format(x float64) string {
	if v.Percent {
		return strconv.FormatFloat(100*x, 'g', v.Digits, 64) + "%"
	}
	return strconv.FormatFloat(x, 'g', v.Digits, 64)
}

// A Status is what a check of a claim came to.
type Status string

const (
	Holds     Status = "holds"
	Differs   Status = "differs"
	Failed    Status = "failed"    // it could not be computed
	Unchecked Status = "unchecked" // its data is not here
	Quoted    Status = "quoted"    // it is not computed
)

// A Result is a claim with what its check came to.
type Result struct {
	Claim   string   `json:"claim"`
	Status  Status   `json:"status"`
	Text    string   `json:"text,omitempty"`  // the figure or verdict, as exported
	Value   *float64 `json:"value,omitempty"` // of a value
	Runs    int      `json:"runs,omitempty"`  // that it rests on
	Explain string   `json:"explain"`         // what was compared, or why nothing was
}

// Check compares the statistic of values with the bounds.
func (v *Value) Check(name string, values []float64) Result {
	x, err := v.Of(values)
	if err != nil {
		return Result{Claim: name, Status: Failed, Explain: err.Error()}
	}
	r := Result{Claim: name, Status: Holds, Text: v.Format(x), Value: &x, Runs: len(values)}
	within := "is within"
	if !(v.Within[0] <= x && x <= v.Within[1]) {
		r.Status, within = Differs, "is not within"
	}
	r.Explain = fmt.Sprintf("%s %s of %s is %s, which %s [%s, %s]", v.Statistic, v.Metric, runs(len(values)),
		number(x), within, number(v.Within[0]), number(v.Within[1]))
	return r
}

// Check compares a verdict with the expected one.
func (v *Verdict) Check(name string, c *compare.Comparison) Result {
	r := Result{Claim: name, Status: Holds, Text: string(c.Verdict), Runs: c.Seeds}
	r.Explain = fmt.Sprintf("%s is %q than %s by %s", c.A, c.Verdict, c.B, c.Metric)
	if c.Verdict == compare.NoDifference || c.Verdict == compare.Undecided {
		r.Explain = fmt.Sprintf("%s and %s by %s: %s", c.A, c.B, c.Metric, c.Verdict)
	}
	if c.Verdict != v.Expect {
		r.Status = Differs
		r.Explain += fmt.Sprintf(", not %q", v.Expect)
	}
	return r
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
