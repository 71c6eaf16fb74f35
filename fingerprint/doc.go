// Package fingerprint knows what is particular to fingerprints in SOCOFing's
// form: which finger of whom an image shows, by its name, and how a data set
// is laid out in folders.
//
// SOCOFing is the Sokoto Coventry Fingerprint Dataset (Shehu, Ruiz-Garcia,
// Palade, James: arXiv 1807.10609): ten fingers of 600 subjects as they are,
// and again after synthetic alteration at three levels of difficulty.
//
// Package bmp decodes its images, imaging resizes and augments them, and
// synth makes a data set of the same form.
package fingerprint
