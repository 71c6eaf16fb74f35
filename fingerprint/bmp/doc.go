// Package bmp decodes the Windows bitmaps of fingerprint data sets to grey.
//
// The decoding itself is golang.org/x/image/bmp's. This package refuses what
// is no bitmap, is cut short or is absurdly large before an image is
// allocated, says so in terms of the file, and turns colours into grey as
// OpenCV's imread(file, IMREAD_GRAYSCALE) does.
package bmp
