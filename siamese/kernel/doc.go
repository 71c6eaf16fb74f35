// Package kernel holds the numeric kernels of the learner: forward and backward
// passes of a few fused layers over plain []float32, written so that the same
// inputs give the same bits on every CPU, in every vector width and with any
// number of workers. NUMERICS.md states that contract.
//
// # Layouts
//
// Lengths are in float32 (codes: bytes), images are H rows of W columns, and
// every image of a batch lies behind the one before it.
//
// Pixels: one grey image with a border of zeros one pixel wide, (H+2)*(W+2)
// values, then zeros up to [PixelsLen]. Made by [Pixels] from uint8.
//
// Maps ([Maps], an activation of C channels): channels in groups of 16, each
// group a plane of its own in which a pixel's 16 channels lie together:
// [group][Pad+H+Pad][Pad+W+Pad][16]. Channels past C are zero. With Pad 1 (the
// input of a convolution) the border must be zero; Pad 0 is the input of a dense
// layer, whose input index is then simply the offset in the maps. Of a gradient
// the border holds anything and is never read.
//
// Convolution weights: see [Conv.WeightIndex]; dense weights: [Dense.WeightIndex].
// Both are padded to whole registers; padding is zero and every kernel here
// keeps it so. The optimiser's two moments have the layout of the weights.
//
// Buffers should come from [Make], which aligns to 64 bytes: any alignment is
// correct, that one is fast. Slices may be longer than needed; two arguments
// must not overlap unless it says so. A slice that is too short panics with a
// constant string.
//
// # Chunks and workers
//
// No kernel starts a goroutine. Each works on one image, or on a range of rows,
// blocks or elements, and the caller spreads these over workers, for instance
// with a [Team]. Where parts are added up (weight gradients over images, a dense
// layer over blocks of inputs) the caller cuts the work into a number of chunks
// that depends only on the shapes, gives each chunk a buffer of its own, and adds
// the buffers with [Reduce], whose order is fixed.
//
// # A training step of the network post, batch of n pairs, 2n images
//
//	conv1 := NewConv(90, 90, 1, 32, 1)   // output padded: conv2 reads it
//	conv2 := NewConv(45, 45, 32, 64, 0)  // output dense: the flattened features
//	dense1, dense2 := NewDense(conv2.Output().Len(), 128), NewDense(128, 1)
//
//	once a step:   conv.Pack(packed, w)                            for both convolutions
//	for image i:   Pixels(x[i], pix[i]); conv1.Forward(y1[i], c1[i], x[i], packed1, b1)
//	               conv2.Forward(y2[i], c2[i], y1[i], packed2, b2)
//	for pair i:    Subtract(d[i], y2[probe i], y2[gallery i])       [n][dense1.In]
//	for chunk c:   dense1.Forward(part[c], d, n, w1, lo, hi)         blocks lo..hi of dense1.Blocks()
//	               dense1.Finish(h, part, chunks, n, bias1, true)    [n][dense1.Width()]
//	               dense2.Forward(part, h, n, w2, 0, blocks); dense2.Finish(z, part, 1, n, bias2, false)
//	               dz[i] = (Sigmoid(z[i]) - label[i]) / n            in float64, rounded once
//	               dense2.BiasGradient(db2, dz, n)
//	               dense2.BackwardAdam(dh, w2, m2, v2, h, dz, n, 0, blocks, adam, scratch)
//	               ReLUGradient(dh, h); dense1.BiasGradient(db1, dh, n)
//	for chunk c:   dense1.BackwardAdam(dd, w1, m1, v1, d, dh, n, lo, hi, adam, scratch[worker])
//	for pair i:    SubtractGradient(da, db, dd[i])
//	for chunk c:   clear(dw2[c], dbias2[c]); for each image of the chunk, in order:
//	                  conv2.Backward(dy1[i], dw2[c], dbias2[c], dy2[i], c2[i], y1[i], w2, scratch[worker])
//	               likewise conv1.Backward(nil, dw1[c], ...)
//	at the end:    Reduce(dw2, chunks), ...; adam.Update(w, m, v, g, 1) for convolutions and biases
//
// Layers of more than one channel may go forward by Winograd's algorithm:
// [Conv.PackWinograd] and [Conv.ForwardWinograd] in place of Pack and Forward, with
// a scratch of the worker's. It is nearly twice as fast and rounds differently, so
// which of the two runs is a parameter of training, and part of its cache key.
//
// With clipping by global norm the gradients are formed first, by
// [Dense.Backward] and [Conv.Backward]; [SumSquares] gives the norm, and
// [Adam.Update] takes the scale. With a scale of 1 the bits are those of
// [Dense.BackwardAdam].
//
// The caller owns every buffer and keeps it for the whole training, so that a
// step allocates nothing. Only [Scratch] is opaque: one a worker and layer,
// from [Conv.NewScratch] or [Dense.NewScratch].
//
// # CPU families
//
// Each kernel has a scalar form, which is its documentation and its oracle, and
// vector forms for AVX2 with FMA and for AVX-512 when built with
// GOEXPERIMENT=simd. The best the CPU has is selected at start; WHORL_KERNEL=scalar,
// avx2 or avx512 forces one ([Check] reports one that is not there). [Name] is
// the family in use, [Variant] the name of its bits for a cache key.
//
// A command built with GOEXPERIMENT=simd is best linked with
// -X=runtime.godebugDefault=asyncpreemptoff=1. Go 1.26 otherwise restores all vector
// registers of a goroutine that it preempted, used or not, and on some CPUs the
// instructions for SHA-256 then take a hundred times as long (measured: 1 MB in
// 80 ms instead of 0.6) until the thread is switched.
package kernel
