package figure

// Version is that of the format; a reader refuses others.
const Version = 1

// File is the name of the set in an output that is a directory.
const File = "figures.json"

// A Set is what one output holds.
type Set struct {
	Version int      `json:"version"`
	Figures []Figure `json:"figures"`
}

// A Figure is one chart. Exactly one of the pointers is set.
type Figure struct {
	Name  string `json:"name"`  // the same in every run, e.g. "det"
	Title string `json:"title"` // for people, e.g. "DET curve"
	Doc   string `json:"doc,omitempty"`

	Curve     *Curve     `json:"curve,omitempty"`
	Histogram *Histogram `json:"histogram,omitempty"`
	Matrix    *Matrix    `json:"matrix,omitempty"`
	Estimates *Estimates `json:"estimates,omitempty"`
	Pairs     *Pairs     `json:"pairs,omitempty"`
}

// A Scale is how an axis is divided.
type Scale string

// The scales of an axis.
const (
	Linear Scale = "linear"
	Log    Scale = "log"    // values above 0
	Normal Scale = "normal" // rates between 0 and 1 at their normal deviates, as in a DET plot (Martin et al. 1997)
)

// An Axis is one axis of a chart.
type Axis struct {
	Label string   `json:"label"`
	Unit  string   `json:"unit,omitempty"`  // "%" shows rates as per cent
	Scale Scale    `json:"scale,omitempty"` // empty: linear
	Min   *float64 `json:"min,omitempty"`   // nil: from the data
	Max   *float64 `json:"max,omitempty"`
}

// A Curve is lines over a common pair of axes.
type Curve struct {
	X        Axis   `json:"x"`
	Y        Axis   `json:"y"`
	Lines    []Line `json:"lines"`
	Marks    []Mark `json:"marks,omitempty"`    // such as operating points
	Diagonal bool   `json:"diagonal,omitempty"` // draw y = x
}

// A Line is one line of a curve: points in the order in which they are joined.
type Line struct {
	Name string    `json:"name,omitempty"` // empty if it is the only one
	X    []float64 `json:"x"`
	Y    []float64 `json:"y"`
	Low  []float64 `json:"low,omitempty"` // a band around the line, or nothing
	High []float64 `json:"high,omitempty"`
	Step bool      `json:"step,omitempty"` // Y keeps its value until the next X
}

// A Mark is a named position; only X counts in a histogram.
type Mark struct {
	Name string  `json:"name"`
	X    float64 `json:"x"`
	Y    float64 `json:"y,omitempty"`
}

// A Histogram counts values between edges.
type Histogram struct {
	X      Axis      `json:"x"`
	Edges  []float64 `json:"edges"` // ascending; one more than there are counts
	Groups []Group   `json:"groups"`
	Marks  []Mark    `json:"marks,omitempty"` // such as thresholds
}

// A Group is the values of one class.
type Group struct {
	Name   string    `json:"name"`
	Counts []float64 `json:"counts"`
}

// A Matrix counts pairs of classes, as a confusion matrix does.
type Matrix struct {
	RowLabel    string   `json:"row_label"`    // e.g. "truth"
	ColumnLabel string   `json:"column_label"` // e.g. "decision"
	Rows        []string `json:"rows"`
	Columns     []string `json:"columns"`
	Counts      [][]int  `json:"counts"` // by row, then column
}

// Estimates are values of one quantity for several parts of the data, each with
// an interval where one is known.
type Estimates struct {
	Quantity string     `json:"quantity"` // e.g. "EER"
	Unit     string     `json:"unit,omitempty"`
	Level    float64    `json:"level,omitempty"` // confidence of the intervals, e.g. 0.95
	Rows     []Estimate `json:"rows"`
}

// An Estimate is the value of one part.
type Estimate struct {
	Name  string   `json:"name"` // e.g. "hard probes"
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	N     int      `json:"n,omitempty"` // observations behind it
}

// Pairs are pairs of images that are worth a look, such as the errors of a
// verifier. The output is a directory that holds the images.
type Pairs struct {
	Quantity string `json:"quantity"` // what Value is, e.g. "score"
	Items    []Pair `json:"items"`    // the most telling one first
}

// A Pair is two images with what was measured of them.
type Pair struct {
	ID    string  `json:"id"`    // the same in every run
	Group string  `json:"group"` // e.g. "highest impostors"
	Left  Image   `json:"left"`
	Right Image   `json:"right"`
	Value float64 `json:"value"`
	Note  string  `json:"note,omitempty"`
}

// An Image is a PNG file beside the set.
type Image struct {
	File    string `json:"file"` // slash-separated, below the directory
	Caption string `json:"caption"`
}
