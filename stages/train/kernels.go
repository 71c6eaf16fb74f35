package train

import "whorl/siamese"

// Kernels returns the family of numeric kernels that training runs on here, or
// an error if WHORL_KERNEL asks for one that this CPU does not have.
func Kernels() (string, error) { return siamese.Kernels() }
