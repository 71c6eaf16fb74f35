package nn

import (
	"fmt"
	"unsafe"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"whorl/siamese/kernel"
	"whorl/siamese/plain"
)

// Float is the element type of a network.
type Float = plain.Float

// A layer is the arithmetic behind one node. It owns all that it computes.
type layer interface {
	fmt.Stringer // its name in the graph, unique there
	// forward computes the output from the inputs.
	forward(in []gorgonia.Value)
	output() gorgonia.Value
	// hasGradient says whether there is a gradient of input i.
	hasGradient(i int) bool
	// prepare allocates what backward needs. It is called once, before the
	// first forward of a graph that is differentiated.
	prepare()
	// backward computes the gradients of the inputs from that of the output,
	// which it may overwrite, after a forward with the same inputs.
	backward(in []gorgonia.Value, dy gorgonia.Value)
	// gradient is that of input i, as backward left it.
	gradient(i int) gorgonia.Value
}

// array makes a tensor of zeros of the given shape.
func array[T Float](shape ...int) *tensor.Dense {
	n := tensor.Shape(shape).TotalSize()
	switch any(T(0)).(type) {
	case float32:
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(kernel.Make(n)))
	default:
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(make([]float64, n)))
	}
}

// floats is the memory of a value made by array.
func floats[T Float](v gorgonia.Value) []T {
	d := v.(*tensor.Dense)
	switch any(T(0)).(type) {
	case float32:
		x := d.Float32s()
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
	default:
		x := d.Float64s()
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
	}
}

// single returns x as []float32; T must be float32. An
// assertion any(x).([]float32) would allocate.
func single[T Float](x []T) []float32 {
	if unsafe.Sizeof(T(0)) != 4 {
		panic("nn: not a float32")
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
