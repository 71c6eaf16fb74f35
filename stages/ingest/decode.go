package ingest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"whorl/fingerprint/bmp"
	"whorl/fingerprint/imaging"
)

// A decoder decodes batches of files to images of one size, on all cores.
type decoder struct {
	tree  fs.FS
	batch int // files that it takes at a time
	size  int // pixels of an image
	rows  []uint8
	pool  []*worker
}

// A worker is one goroutine's memory.
type worker struct {
	resizer *imaging.Resizer
	buf     *bufio.Reader
}

// Files are decoded in batches before their rows are written: of enough files
// for cores not to wait for each other, of few enough pixels to stay small.
const (
	maxBatch       = 256
	maxBatchPixels = 16 << 20
)

func newDecoder(tree fs.FS, h, w int) *decoder {
	d := &decoder{tree: tree, batch: max(1, min(maxBatch, maxBatchPixels/(h*w))), size: h * w}
	d.rows = make([]uint8, d.batch*d.size)
	for range runtime.GOMAXPROCS(0) {
		d.pool = append(d.pool, &worker{imaging.NewResizer(w, h), bufio.NewReaderSize(nil, 1<<16)})
	}
	return d
}

// decode decodes those of at most one batch of files that are not refused
// already, and refuses those that it cannot decode. It returns the pixels of
// all of them, valid until the next call; those of refused files are anything.
func (d *decoder) decode(ctx context.Context, files []string, refused []error) ([]uint8, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, w := range d.pool {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				if refused[i] == nil {
					refused[i] = w.decode(d.rows[i*d.size:(i+1)*d.size], d.tree, files[i])
				}
			}
		})
	}
	wg.Wait()
	return d.rows, ctx.Err()
}

// decode decodes one file into dst.
func (w *worker) decode(dst []uint8, tree fs.FS, file string) error {
	// Opening a named pipe would wait for a writer.
	if info, err := fs.Stat(tree, file); err != nil {
		return reason(err)
	} else if !info.Mode().IsRegular() {
		return errors.New("is not a regular file")
	}
	f, err := tree.Open(file)
	if err != nil {
		return reason(err)
	}
	defer f.Close()
	w.buf.Reset(f)
	m, err := bmp.Decode(w.buf)
	if err != nil {
		return reason(err)
	}
	w.resizer.Resize(dst, m.Pix, m.Rect.Dx(), m.Rect.Dy())
	return nil
}

// reason takes the path off an error of the file system: where the engine
// placed the tree must not reach the list of rejects.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return errors.New(p.Op + ": " + p.Err.Error())
	}
	return err
}
