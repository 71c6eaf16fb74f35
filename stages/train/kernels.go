package train

import "whorl/siamese/kernel"

// Kernels returns the family of numeric kernels that training runs on here.
func Kernels() string { return kernel.Name() }
