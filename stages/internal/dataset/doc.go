// Package dataset reads and writes what the stages of the fingerprint
// experiment hand to each other. Three artifacts are directories:
//
//	prints  x_real.npy, x_easy.npy, x_medium.npy, x_hard.npy, names.json, rejects.json
//	labels  y_real.npy, y_easy.npy, y_medium.npy, y_hard.npy, alterations.json
//	split   train.npy, gallery_train.npy, and so on for each of [Parts]
//
// The gallery is the real prints. The probes are the easy, medium and hard
// ones, whose rows are numbered through in that order.
package dataset
