//go:build !(goexperiment.simd && amd64)

package kernel

// vectorFamilies is empty: this build has the scalar kernels alone.
var vectorFamilies []family
