package compare

import (
	"fmt"

	"whorl/pipeline/stage"
)

// A Sequential adds seeds to the configurations whose comparison with the best
// is undecided, until all are decided or the most seeds are spent: a
// group-sequential design with alpha spending over Max. All pairs of all
// configurations are its family, so that the chance of calling any equal
// configuration worse, at any look, is 1-Confidence at most.
type Sequential struct {
	Min, Max   int // seeds of a configuration: at the first look, and at most
	Confidence float64
	Goal       stage.Goal
	Target     Target
}

// Progress says where a sequential design stands.
type Progress struct {
	Look    int     // seeds of the open configurations at the last complete look, 0 before the first
	Done    bool    // no further seed is needed, or allowed
	Open    []int   // configurations that need the next seed, the best among them
	Best    int     // configuration with the best mean among those not found worse; -1 before the first look
	Worse   []Found // configurations found worse than the best, in the order of the looks
	Spent   int     // trials so far, failed ones too
	Saved   int     // trials that Max seeds of every configuration would have needed beyond Spent, once Done
	Level   float64 // significance level of the last look
	Pending int     // trials of the next look that have no result yet
}

// Found says when a configuration was found worse than the best.
type Found struct {
	Configuration int
	Seeds         int // at that look
	Than          int // configuration
	Contrast
}

// Progress replays the looks on the trials that have results, seeds in the
// order of the design. A trial that failed is a NaN; a row that is shorter than
// a look needs says that its trial is still to come. The same results give the
// same progress, in whatever order they arrived.
func (q Sequential) Progress(d *Design) (*Progress, error) {
	levels, err := SpendingLevels(q.Min, q.Max, 1-q.Confidence)
	if err != nil {
		return nil, err
	}
	if len(d.Value) < 2 {
		return nil, fmt.Errorf("compare: a sequential design of %d configurations", len(d.Value))
	}
	p := &Progress{Best: -1}
	upTo := make([]int, len(d.Value)) // seeds of each configuration that count
	for c := range d.Value {
		p.Open = append(p.Open, c)
		p.Spent += len(d.Value[c])
	}
	for n := q.Min; n <= q.Max && !p.Done; n++ {
		p.Pending = 0
		for _, c := range p.Open {
			upTo[c] = n
			p.Pending += max(0, n-len(d.Value[c]))
		}
		if p.Pending > 0 {
			return p, nil
		}
		p.Look, p.Level = n, levels[n-q.Min]
		if err := q.look(p, d.first(upTo)); err != nil {
			return nil, err
		}
		p.Done = len(p.Open) == 1 || n == q.Max
	}
	p.Saved = max(0, q.Max*len(d.Value)-p.Spent)
	return p, nil
}

// look compares the open configurations with the best of them.
func (q Sequential) look(p *Progress, d *Design) error {
	a, err := Analyze(d, q.Confidence)
	if err != nil {
		return err
	}
	p.Best = p.Open[0]
	for _, c := range p.Open {
		if q.Goal.Better(a.Means[c], a.Means[p.Best]) {
			p.Best = c
		}
	}
	var open []int
	for _, c := range p.Open {
		if c != p.Best {
			// The adjusted p-value is not below the plain one, which is quicker.
			if a.plainPair(c, p.Best, q.Target).Plain.P <= p.Level {
				if k := a.Pair(c, p.Best, q.Target); k.Adjusted.P <= p.Level {
					p.Worse = append(p.Worse, Found{c, p.Look, p.Best, k})
					continue
				}
			}
		}
		open = append(open, c)
	}
	p.Open = open
	return nil
}

// first returns the design with so many of each configuration's seeds.
func (d *Design) first(seeds []int) *Design {
	out := *d
	out.Value = make([][]float64, len(d.Value))
	for c, n := range seeds {
		out.Value[c] = d.Value[c][:min(n, len(d.Value[c]))]
	}
	most := 0
	for _, row := range out.Value {
		most = max(most, len(row))
	}
	out.Seeds = d.Seeds[:most]
	return &out
}
