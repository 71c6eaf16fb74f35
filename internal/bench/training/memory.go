package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"whorl/siamese"
)

// socofing is how many probes SOCOFing has for training, at 90%.
const socofing = 44343

// memory is what training on that many takes at its peak, mapped images
// included, in MiB.
func memory(ctx context.Context) (float64, error) {
	n, err := child(ctx, "memory")
	return n / (1 << 20), err
}

// trainMany trains post on mapped probes: it looks at all of them, takes
// enough steps for everything to be in use, validates, and saves a checkpoint.
func trainMany(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "whorl-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	probes, err := mapped(filepath.Join(dir, "probes.npy"), socofing)
	if err != nil {
		return err
	}
	defer unix.Munmap(probes)
	d := noise(1)
	augment := post()
	d.Augment = func(dst, src []uint8, _, probe int) { augment(dst, src, probe) }
	d.Probes = siamese.Images{Pix: probes, N: socofing, H: side, W: side}
	var sum uint64
	for _, p := range d.Probes.Pix {
		sum += uint64(p)
	}
	if sum == 0 {
		return fmt.Errorf("%d probes are black", d.Probes.N)
	}
	d.Train = d.Train[:0]
	for i := range 20 * batch {
		d.Train = append(d.Train, i*(socofing/(20*batch)))
	}
	d.Validation, d.GalleryValidation = d.Train[:64], d.GalleryTrain
	o := siamese.Defaults()
	o.Epochs, o.Batch, o.Keep = 2, batch, siamese.Best
	t, err := siamese.NewTrainer(siamese.Post(siamese.Subtract, side, side), d, o)
	if err != nil {
		return err
	}
	for !t.Done() {
		if _, err := t.Epoch(ctx, nil); err != nil {
			return err
		}
		if err := t.Save(io.Discard); err != nil {
			return err
		}
	}
	if err := t.Network().WriteWeights(io.Discard); err != nil {
		return err
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	fmt.Println(peak)
	return nil
}

// mapped writes n images of stripes to a file and maps it, as training maps an
// array of its input.
func mapped(path string, n int) ([]uint8, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	image := make([]byte, side*side)
	for i := range n {
		for k := range image {
			image[k] = uint8(k*(i%7+1) + i)
		}
		if _, err := f.Write(image); err != nil {
			return nil, err
		}
	}
	return unix.Mmap(int(f.Fd()), 0, n*len(image), unix.PROT_READ, unix.MAP_SHARED)
}

// peakMemory is the most memory that this process has had at once, in bytes.
func peakMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("measure memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("measure memory: /proc/self/status does not tell")
}
