// Package imagefile reads images of fingerprints in the formats in which they
// come, BMP, PNG, JPEG and TIFF, as grey images.
//
// Bitmaps are read by package bmp. Colours become grey by the same weights,
// as in OpenCV's imread with IMREAD_GRAYSCALE, and transparency is ignored; of
// a JPEG's colours the luma is taken as it is. WSQ, the FBI's format, is
// recognised but not read.
package imagefile
