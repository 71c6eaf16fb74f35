// Package onnx writes models as ONNX graphs (Open Neural Network Exchange,
// operator set 17), for the runtimes that read them.
//
// Pixels go in as they are, float32 from 0 (black) to 255 in tensors of shape
// (N, 1, height, width): the normalisation is part of the graph. Three graphs
// are to be had: the whole model, from two images to logit and probability;
// the branch, from an image to its code; and the head, from two codes to logit
// and probability. The probability is calibrated if the model is.
//
// The messages of ONNX's protocol buffers are few, and encoded here
// (https://protobuf.dev/programming-guides/encoding). The same model makes the
// same bytes.
package onnx
