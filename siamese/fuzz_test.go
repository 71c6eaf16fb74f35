package siamese

import (
	"bytes"
	"testing"
)

// smallest is a network whose files are short enough to fuzz.
func smallest() Architecture {
	return Architecture{
		Name: "smallest", Height: 2, Width: 2, Merge: Abs,
		Branch: []Layer{conv("c", 1)}, Head: []Layer{output("d")},
	}
}

// FuzzReadWeights reads damaged files: an error or a network, never a panic,
// and no more memory than the file's size warrants.
func FuzzReadWeights(f *testing.F) {
	n, err := New(smallest(), 1)
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	if err := n.WriteWeights(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ReadWeights(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := n.WriteWeights(&again); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadWeights(bytes.NewReader(again.Bytes()), int64(again.Len())); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
	})
}

// FuzzRestore restores damaged checkpoints.
func FuzzRestore(f *testing.F) {
	d := prints(2, 2)
	for _, im := range []*Images{&d.Gallery, &d.Probes} {
		im.H, im.W = 2, 2
		im.Pix = im.Pix[:4*im.N]
	}
	tr := trainer(f, smallest(), d, options(2))
	var saved bytes.Buffer
	if err := tr.Save(&saved); err != nil {
		f.Fatal(err)
	}
	f.Add(saved.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		before := digest(t, tr.Network())
		if err := tr.Restore(bytes.NewReader(data)); err != nil && digest(t, tr.Network()) != before {
			t.Fatalf("changed by a checkpoint that is refused: %v", err)
		}
	})
}
