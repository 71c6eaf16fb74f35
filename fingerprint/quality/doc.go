// Package quality measures whether an image shows a fingerprint, and how much
// of it does.
//
// A print is made of ridges: in a window of a few ridges the grey runs in
// waves of one direction and one frequency, and the distance from ridge to
// ridge is nearly the same all over the image, while the direction turns. A
// window's Fourier transform then has one peak, which holds most of the
// energy (Chikkerur, Cartwright, Govindaraju: "Fingerprint enhancement using
// STFT analysis", Pattern Recognition 2007). The energy of photographs lies at
// the lowest frequencies, that of noise at all. It tells
// prints from other images; it does not predict match errors as NFIQ 2 does.
package quality
