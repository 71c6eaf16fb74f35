package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	figures "whorl/pipeline/stage/figure"
)

const maxArtifact = 64 << 20 // bytes; what a report shows is far smaller

// A loader reads artifacts, each digest once however many trials share it.
type loader struct {
	src      Source
	contents map[string]content
	sets     map[string]*figures.Set
}

type content struct {
	data []byte
	err  error
}

// load reads the series and artifacts of all trials into them.
func (l *loader) load(ctx context.Context, trials []*trial, opts Options) (*exhibits, error) {
	ex := &exhibits{budget: opts.MaxPictureBytes, how: opts.Pictures, thumbs: len(trials) > few}
	for _, t := range trials {
		t.series = map[string]record.Metrics{}
		for _, m := range t.Metrics() {
			if m.Step == stage.NoStep {
				continue
			}
			key := m.Key()
			points, err := l.src.Series(ctx, t.ID, m.Stage, m.Name)
			if err != nil {
				return nil, fmt.Errorf("reading %s of run %s: %w", key, t.ID, err)
			}
			t.series[key] = points
		}
		for _, s := range t.Stages {
			for _, a := range s.Outputs {
				if err := l.take(ctx, t, s, a, ex); err != nil {
					return nil, err
				}
			}
		}
	}
	ex.sort()
	return ex, ctx.Err()
}

// take reads one artifact if the report shows its kind.
func (l *loader) take(ctx context.Context, t *trial, s record.Stage, a record.Output, ex *exhibits) error {
	var use func(data []byte) error
	name := a.Digest
	switch {
	case a.Type == stage.TypeFigures:
		if a.Dir {
			name += "/" + figures.File
		}
		use = func(data []byte) error {
			set := l.sets[a.Digest]
			if set == nil {
				var err error
				if set, err = figures.Decode(data); err != nil {
					return err
				}
				l.sets[a.Digest] = set
			}
			ex.addFigures(t, s.Name+"."+a.Name, a.Digest, set)
			return nil
		}
	case a.Type == stage.TypeCurves:
		t.Lost = append(t.Lost, loss{s.Name + "." + a.Name, "written by an earlier version, whose charts this one does not draw; running the pipeline again makes them"})
		return nil
	case isPicture(a.Type) && !a.Dir:
		if !ex.wants(t, s.Name+"."+a.Name, a.Digest) {
			return nil
		}
		use = func(data []byte) error { return ex.addPicture(t, s, a, data) }
	case a.Type == stage.TypeJSON && a.Name == "intervals":
		use = func(data []byte) error { return t.addIntervals(s.Name, data) }
	case isDocument(a):
		use = func(data []byte) error { return ex.addDocument(t, s.Name+"."+a.Name, a, data) }
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
