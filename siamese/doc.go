// Package siamese learns to tell whether two images show the same finger.
//
// A Siamese network (Bromley et al.: Signature verification using a "Siamese"
// time delay neural network, NIPS 1993) encodes both images with the same
// weights, merges the two codes into one by their difference, and
// computes the similarity from that. A [Network] is such an architecture with
// its weights.
package siamese
