package reports

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"slices"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

const (
	maxArtifact = 64 << 20 // bytes; what a report shows is far smaller
	maxPictures = 24       // of one output; nobody looks at hundreds
)

// A loader reads artifacts, each digest once however many trials share it.
type loader struct {
	src      Source
	contents map[string]content
}

type content struct {
	data []byte
	err  error
}

// load reads the series and artifacts of all trials into them.
func load(ctx context.Context, src Source, trials []*trial, opts Options) (*exhibits, error) {
	l := &loader{src: src, contents: map[string]content{}}
	parsed := map[string]*curves{}
	ex := &exhibits{budget: opts.MaxPictureBytes}
	for _, t := range trials {
		t.series = map[string]record.Metrics{}
		for _, m := range t.Metrics() {
			if m.Step == stage.NoStep {
				continue
			}
			key := m.Key()
			points, err := src.Series(ctx, t.ID, m.Stage, m.Name)
			if err != nil {
				return nil, fmt.Errorf("reading %s of run %s: %w", key, t.ID, err)
			}
			t.series[key] = points
		}
		for _, s := range t.Stages {
			for _, a := range s.Outputs {
				if err := l.take(ctx, t, s, a, parsed, ex); err != nil {
					return nil, err
				}
			}
		}
	}
	ex.sort()
	return ex, ctx.Err()
}

// take reads one artifact if the report shows its kind.
func (l *loader) take(ctx context.Context, t *trial, s record.Stage, a record.Output, parsed map[string]*curves, ex *exhibits) error {
	var use func(data []byte) error
	name := a.Digest
	switch {
	case a.Type == stage.TypeCurves:
		use = func(data []byte) (err error) {
			c := parsed[a.Digest]
			if c == nil {
				if c, err = parseCurves(data); err != nil {
					return err
				}
				parsed[a.Digest] = c
			}
			t.curves = c
			return nil
		}
	case a.Type == stage.TypePNG:
		use = func(data []byte) error { return ex.addPicture(t, s, a, data) }
	case a.Dir && a.Name == "prints":
		name += "/rejects.json"
		use = func(data []byte) error { return ex.addRejects(t, a, data) }
	case a.Type == stage.TypeJSON && a.Name == "intervals":
		use = func(data []byte) error { return t.addIntervals(s.Name, data) }
	case a.Type == stage.TypeJSON && a.Name == "summary":
		use = func(data []byte) error { return ex.addNetwork(t, a, data) }
	default:
		return nil
	}
	data, err := l.read(ctx, name)
	if err == nil {
		err = use(data)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		reason := err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			reason = "no longer in the store; running the pipeline again makes it"
		}
		t.Lost = append(t.Lost, loss{Output: s.Name + "." + a.Name, Reason: reason})
	}
	return nil
}

func (l *loader) read(ctx context.Context, digest string) ([]byte, error) {
	if c, ok := l.contents[digest]; ok {
		return c.data, c.err
	}
	data, err := func() ([]byte, error) {
		r, err := l.src.Open(ctx, digest)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		data, err := io.ReadAll(io.LimitReader(r, maxArtifact+1))
		if err == nil && len(data) > maxArtifact {
			err = fmt.Errorf("larger than %s", size(maxArtifact))
		}
		return data, err
	}()
	l.contents[digest] = content{data, err}
	return data, err
}

// exhibits are what the report shows of artifacts besides curves, each once
// with the trials that share it.
type exhibits struct {
	Pictures []*picture
	Omitted  []*picture // left out for their size
	Rejects  []*rejects
	Networks []*network
	budget   int64
}

// sort puts the pictures of an output side by side, outputs in the order of
// their first pictures.
func (ex *exhibits) sort() {
	first := map[string]int{}
	for i, p := range ex.Pictures {
		if _, seen := first[p.Output]; !seen {
			first[p.Output] = i
		}
	}
	slices.SortStableFunc(ex.Pictures, func(a, b *picture) int { return cmp.Compare(first[a.Output], first[b.Output]) })
}

// A picture is a PNG that at least one trial made.
type picture struct {
	Output        string // "augment.preview"
	Digest        string
	Width, Height int // pixels
	Trials        []*trial
	data          []byte
}

func (ex *exhibits) addPicture(t *trial, s record.Stage, a record.Output, data []byte) error {
	for _, list := range [][]*picture{ex.Pictures, ex.Omitted} {
		for _, p := range list {
			if p.Digest == a.Digest {
				if p.Trials[len(p.Trials)-1] != t {
					p.Trials = append(p.Trials, t)
				}
				return nil
			}
		}
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("no PNG picture: %w", err)
	}
	p := &picture{
		Output: s.Name + "." + a.Name, Digest: a.Digest, data: data,
		Width: config.Width, Height: config.Height, Trials: []*trial{t},
	}
	shown := 0
	for _, o := range ex.Pictures {
		if o.Output == p.Output {
			shown++
		}
	}
	if int64(len(data)) > ex.budget || shown == maxPictures {
		p.data = nil
		ex.Omitted = append(ex.Omitted, p)
		return nil
	}
	ex.budget -= int64(len(data))
	ex.Pictures = append(ex.Pictures, p)
	return nil
}

// rejects are the input files that a stage refused.
type rejects struct {
	Digest string
	Files  []struct{ File, Reason string }
	Trials []*trial
}

func (ex *exhibits) addRejects(t *trial, a record.Output, data []byte) error {
	for _, r := range ex.Rejects {
		if r.Digest == a.Digest {
			r.Trials = append(r.Trials, t)
			return nil
		}
	}
	r := &rejects{Digest: a.Digest, Trials: []*trial{t}}
	if err := json.Unmarshal(data, &r.Files); err != nil {
		return fmt.Errorf("no list of rejects: %w", err)
	}
	ex.Rejects = append(ex.Rejects, r)
	return nil
}

// A network is the summary of a trained network.
type network struct {
	Digest         string `json:"-"`
	Network, Merge string
	Parameters     int
	Layers         []struct {
		Name, Kind string
		In, Out    []int
		Parameters int
	}
	Trials []*trial `json:"-"`
}

func (ex *exhibits) addNetwork(t *trial, a record.Output, data []byte) error {
	for _, n := range ex.Networks {
		if n.Digest == a.Digest {
			n.Trials = append(n.Trials, t)
			return nil
		}
	}
	n := &network{Digest: a.Digest, Trials: []*trial{t}}
	if err := json.Unmarshal(data, n); err != nil {
		return fmt.Errorf("no summary of a network: %w", err)
	}
	if len(n.Layers) > 0 { // else it is another stage's summary of something else
		ex.Networks = append(ex.Networks, n)
	}
	return nil
}
