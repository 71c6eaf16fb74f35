package reports

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image/png"
	"slices"

	"whorl/pipeline/stage"
	figures "whorl/pipeline/stage/figure"
)

// A gallery is the pairs that stages declare worth a look, each once, with what
// was measured of it in every run that has it.
type gallery struct {
	Title, Doc string
	Quantity   string
	Groups     []*pairGroup
}

type pairGroup struct {
	Name  string
	Pairs []*pairCard
	Left  int // pairs that are not shown
}

type pairCard struct {
	figures.Pair
	LeftImage, RightImage *picture
	Of                    []pairValue // by place of the configuration
}

type pairValue struct {
	Trial *trial
	Value float64
	Note  string
}

const maxPairs = 12 // of a group

// galleries puts the pairs of all runs together: those of leading
// configurations first.
func (l *loader) galleries(ctx context.Context, ex *exhibits) error {
	for _, d := range ex.Declared {
		if typeOf(d.Of[0].Figure) != "pairs" {
			continue
		}
		first := d.Of[0]
		g := &gallery{Title: first.Title, Doc: first.Doc, Quantity: first.Pairs.Quantity}
		from := slices.Clone(d.Of)
		slices.SortStableFunc(from, func(a, b declaration) int { return cmp.Compare(a.Trial.Group.Place, b.Trial.Group.Place) })
		for _, o := range from {
			for _, item := range o.Pairs.Items {
				if err := l.addPair(ctx, g, o, item, ex); err != nil {
					return err
				}
			}
		}
		if len(g.Groups) > 0 {
			ex.Galleries = append(ex.Galleries, g)
		}
	}
	return nil
}

func (l *loader) addPair(ctx context.Context, g *gallery, o declaration, item figures.Pair, ex *exhibits) error {
	i := slices.IndexFunc(g.Groups, func(p *pairGroup) bool { return p.Name == item.Group })
	if i < 0 {
		i = len(g.Groups)
		g.Groups = append(g.Groups, &pairGroup{Name: item.Group})
	}
	group := g.Groups[i]
	value := pairValue{o.Trial, item.Value, item.Note}
	for _, p := range group.Pairs {
		if p.ID == item.ID {
			p.Of = append(p.Of, value)
			return nil
		}
	}
	if len(group.Pairs) == maxPairs {
		group.Left++
		return nil
	}
	card := &pairCard{Pair: item, Of: []pairValue{value}}
	var err error
	if card.LeftImage, err = l.image(ctx, o, item.Left, ex); err == nil {
		card.RightImage, err = l.image(ctx, o, item.Right, ex)
	}
	if err != nil {
		return err
	}
	group.Pairs = append(group.Pairs, card)
	return nil
}

// image reads an image of a pair; nil if it cannot be shown, which is named.
func (l *loader) image(ctx context.Context, o declaration, im figures.Image, ex *exhibits) (*picture, error) {
	if ex.how == NoPictures {
		return nil, nil
	}
	data, err := l.read(ctx, o.Digest+"/"+im.File)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == nil && int64(len(data)) > ex.budget {
		return nil, nil
	}
	p := &picture{Type: stage.TypePNG, data: data}
	if err == nil {
		err = p.decode(ex.how)
	}
	if err == nil && p.Type != stage.TypePNG {
		err = fmt.Errorf("not a PNG picture")
	}
	if err == nil {
		_, err = png.DecodeConfig(bytes.NewReader(p.data))
	}
	if err != nil {
		o.Trial.Lost = append(o.Trial.Lost, loss{o.Name + " " + im.File, err.Error()})
		return nil, nil
	}
	ex.budget -= int64(len(p.data))
	return p, nil
}
