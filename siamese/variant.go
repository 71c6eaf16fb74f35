package siamese

import "whorl/siamese/kernel"

// Variant names the numeric variant of this build on this CPU. Networks that
// are trained or applied in the same variant give the same bits.
func Variant() string { return kernel.Variant() }

// Kernels returns the family of numeric kernels that is in use, or an error if
// WHORL_KERNEL asks for one that this CPU does not have.
func Kernels() (string, error) { return kernel.Name(), kernel.Check() }

// Peak does n rounds of fused multiply-adds on registers and returns their
// number. Benchmarks compare the kernels' rate with it.
func Peak(n int) int { return kernel.Peak(n) }
