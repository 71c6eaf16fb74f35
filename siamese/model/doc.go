// Package model keeps a network with everything that is needed to use it in
// one file: the weights, the architecture with the size of its images, how
// pixels are normalised, calibrated thresholds with the error rates measured at
// them, and where all this came from.
//
// The file, version 1, integers little-endian:
//
//	offset  bytes
//	0       8     "whorlmdl"
//	8       4     version, 1
//	12      4     m, the length of the metadata
//	16      8     w, the length of the weights
//	24      m     metadata: [Metadata] as JSON
//	24+m    w     weights and architecture: an npz file as siamese.Network.WriteWeights makes it
//	24+m+w  32    SHA-256 of all bytes before
//
// The same model makes the same bytes.
package model
