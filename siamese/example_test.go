package siamese_test

import (
	"fmt"

	"whorl/siamese"
)

// A network of one's own is a list of layers. Those that the kernels know, 3x3
// convolutions with ReLU and pooling and dense layers of any width, run on
// them; any other runs as well, only slower.
func ExampleNew() {
	a := siamese.Architecture{
		Name: "deeper", Height: 96, Width: 96, Merge: siamese.Abs,
		Branch: []siamese.Layer{
			{Name: "conv1", Kind: siamese.Conv, Width: 16, Kernel: 3, ReLU: true, Pool: true},
			{Name: "conv2", Kind: siamese.Conv, Width: 32, Kernel: 5, ReLU: true, Pool: true},
			{Name: "conv3", Kind: siamese.Conv, Width: 48, Kernel: 3, ReLU: true, Pool: true},
			{Name: "code", Kind: siamese.Dense, Width: 64},
		},
		Head: []siamese.Layer{
			{Name: "hidden", Kind: siamese.Dense, Width: 32, ReLU: true},
			{Name: "logit", Kind: siamese.Dense, Width: 1},
		},
	}
	n, err := siamese.New(a, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range a.Summary() {
		fmt.Printf("%-6s  %-21s  %v -> %v  %d\n", s.Name, s.Kind, s.In, s.Out, s.Parameters)
	}
	fmt.Println(len(n.Params), "arrays of", a.Parameters(), "numbers")
	// Output:
	// conv1   conv3x3+relu+maxpool2  [96 96 1] -> [48 48 16]  160
	// conv2   conv5x5+relu+maxpool2  [48 48 16] -> [24 24 32]  12832
	// conv3   conv3x3+relu+maxpool2  [24 24 32] -> [12 12 48]  13872
	// code    dense                  [12 12 48] -> [1 1 64]  442432
	// merge   abs                    [1 1 64] -> [1 1 64]  0
	// hidden  dense+relu             [1 1 64] -> [1 1 32]  2080
	// logit   dense                  [1 1 32] -> [1 1 1]  33
	// 12 arrays of 471409 numbers
}
