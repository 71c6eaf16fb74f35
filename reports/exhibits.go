package reports

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"image"
	_ "image/jpeg" // pictures of these formats are shown
	"image/png"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/draw"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
)

// Pictures says how pictures are embedded.
type Pictures string

// The ways to embed pictures.
const (
	Thumbnails Pictures = "thumb" // at most thumbWidth pixels wide; the default
	FullSize   Pictures = "full"
	NoPictures Pictures = "none"
)

const (
	maxPictures   = 24 // of one output; nobody looks at hundreds
	thumbWidth    = 360
	maxDocument   = 64 << 10 // bytes of a table or text that is shown
	maxRows       = 200      // of a table
	maxSharedSVG  = 512 << 10
	documentTypes = stage.TypeMarkdown + " " + stage.TypeCSV + " " + stage.TypeJSON + " text/plain"
)

// exhibits are what the report shows of artifacts, each once with the trials
// that share it.
type exhibits struct {
	Pictures  []*picture
	Omitted   []*picture // left out for their number or size
	Documents []*document
	Declared  []*declared
	Galleries []*gallery
	budget    int64
	how       Pictures
	thumbs    bool // one of a configuration is enough
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

// A picture is an image that at least one trial made.
type picture struct {
	Output        string // "augment.preview"
	Digest        string
	Type          string // media type of the data
	Width, Height int    // pixels; 0 if unknown
	Trials        []*trial
	data          []byte
}

func isPicture(mediaType string) bool {
	return mediaType == stage.TypePNG || mediaType == stage.TypeJPEG || mediaType == stage.TypeSVG
}

// wants reports whether a picture is to be read: not one that is there already,
// nor, above few runs, a second one of a configuration.
func (ex *exhibits) wants(t *trial, output, digest string) bool {
	if ex.how == NoPictures {
		return false
	}
	for _, list := range [][]*picture{ex.Pictures, ex.Omitted} {
		for _, p := range list {
			if p.Digest == digest && p.Output == output {
				if p.Trials[len(p.Trials)-1] != t {
					p.Trials = append(p.Trials, t)
				}
				return false
			}
			if ex.thumbs && p.Output == output && p.Trials[0].Group == t.Group {
				return false
			}
		}
	}
	return true
}

func (ex *exhibits) addPicture(t *trial, s record.Stage, a record.Output, data []byte) error {
	p := &picture{Output: s.Name + "." + a.Name, Digest: a.Digest, Type: a.Type, data: data, Trials: []*trial{t}}
	if a.Type == stage.TypeSVG {
		if len(data) > maxSharedSVG {
			p.data = nil
			ex.Omitted = append(ex.Omitted, p)
			return nil
		}
	} else if err := p.decode(ex.how); err != nil {
		return err
	}
	shown := 0
	for _, o := range ex.Pictures {
		if o.Output == p.Output {
			shown++
		}
	}
	if int64(len(p.data)) > ex.budget || shown == maxPictures {
		p.data = nil
		ex.Omitted = append(ex.Omitted, p)
		return nil
	}
	ex.budget -= int64(len(p.data))
	ex.Pictures = append(ex.Pictures, p)
	return nil
}

// decode checks the picture and makes a thumbnail of it where one is wanted.
func (p *picture) decode(how Pictures) error {
	config, format, err := image.DecodeConfig(bytes.NewReader(p.data))
	if err != nil {
		return fmt.Errorf("not a picture: %w", err)
	}
	p.Type, p.Width, p.Height = "image/"+format, config.Width, config.Height
	const largest = 64 << 20 // pixels
	if how == FullSize || config.Width <= thumbWidth || config.Width*config.Height > largest {
		return nil
	}
	full, _, err := image.Decode(bytes.NewReader(p.data))
	if err != nil {
		return fmt.Errorf("not a picture: %w", err)
	}
	small := image.Rect(0, 0, thumbWidth, max(1, config.Height*thumbWidth/config.Width))
	var into draw.Image = image.NewRGBA(small)
	if _, grey := full.(*image.Gray); grey {
		into = image.NewGray(small)
	}
	draw.ApproxBiLinear.Scale(into, small, full, full.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, into); err != nil {
		return err
	}
	if b.Len() < len(p.data) {
		p.data, p.Type, p.Width, p.Height = b.Bytes(), stage.TypePNG, small.Dx(), small.Dy()
	}
	return nil
}

// Source is the picture itself, as the src attribute of an img element: as an
// address html/template would write every + of it as five bytes. An SVG in an
// img element runs no script.
func (p *picture) Source() template.HTMLAttr {
	return template.HTMLAttr(`src="data:` + p.Type + `;base64,` + base64.StdEncoding.EncodeToString(p.data) + `"`)
}

// A document is a small table or text.
type document struct {
	Output, Digest string
	Text           string     // if it is no table
	Head           []string   // of a table
	Rows           [][]string // of a table
	More           int        // rows that are not shown
	Trials         []*trial
}

func isDocument(a record.Output) bool {
	return !a.Dir && a.Bytes <= maxDocument && slices.Contains(strings.Fields(documentTypes), a.Type)
}

func (ex *exhibits) addDocument(t *trial, output string, a record.Output, data []byte) error {
	for _, d := range ex.Documents {
		if d.Digest == a.Digest && d.Output == output {
			d.Trials = append(d.Trials, t)
			return nil
		}
		if ex.thumbs && d.Output == output && d.Trials[0].Group == t.Group {
			return nil
		}
	}
	shown := 0
	for _, d := range ex.Documents {
		if d.Output == output {
			shown++
		}
	}
	if shown >= few {
		return nil
	}
	if !utf8.Valid(data) {
		return fmt.Errorf("not a text in UTF-8")
	}
	d := &document{Output: output, Digest: a.Digest, Trials: []*trial{t}, Text: string(data)}
	switch a.Type {
	case stage.TypeCSV:
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			return fmt.Errorf("not a CSV table: %w", err)
		}
		if len(rows) > 0 {
			d.Head, d.Rows = rows[0], rows[1:]
			d.More = max(0, len(d.Rows)-maxRows)
			d.Rows = d.Rows[:len(d.Rows)-d.More]
		}
	case stage.TypeJSON:
		var b bytes.Buffer
		if err := json.Indent(&b, data, "", " "); err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		d.Text = b.String()
	}
	ex.Documents = append(ex.Documents, d)
	return nil
}
