//go:build goexperiment.simd && amd64

package kernel

// vectorFamilies lists the vector kernels, the best last.
var vectorFamilies []family
