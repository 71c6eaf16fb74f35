//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// The vector kernels go by pointers with byte offsets: the exported functions
// have checked the lengths, and a bounds check in an inner loop would cost more
// than the step it guards.

type (
	f8  = archsimd.Float32x8
	f16 = archsimd.Float32x16
)

// ptr returns a pointer to element at of s.
func ptr[T any](s []T, at int) unsafe.Pointer {
	return unsafe.Pointer(&s[at])
}

func load16(p unsafe.Pointer, at int) f16 {
	return archsimd.LoadFloat32x16((*[16]float32)(unsafe.Add(p, at)))
}

func store16(p unsafe.Pointer, at int, v f16) {
	v.Store((*[16]float32)(unsafe.Add(p, at)))
}

func load8(p unsafe.Pointer, at int) f8 {
	return archsimd.LoadFloat32x8((*[8]float32)(unsafe.Add(p, at)))
}

func store8(p unsafe.Pointer, at int, v f8) {
	v.Store((*[8]float32)(unsafe.Add(p, at)))
}

func splat8(p unsafe.Pointer, at int) f8 {
	return archsimd.BroadcastFloat32x8(*(*float32)(unsafe.Add(p, at)))
}
