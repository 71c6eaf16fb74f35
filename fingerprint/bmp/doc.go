// Package bmp decodes the Windows bitmaps of fingerprint data sets to grey.
//
// The decoding itself is golang.org/x/image/bmp's. This package refuses files
// that are not bitmaps, are truncated or are absurdly large before it allocates an
// image, with an error about the file, and converts colours to grey as OpenCV's
// imread(file, IMREAD_GRAYSCALE) does.
package bmp
