// Package fingerprint describes data sets in SOCOFing's form: which finger of
// which subject an image shows, by its name, and the folders of a data set.
//
// SOCOFing is the Sokoto Coventry Fingerprint Dataset (Shehu, Ruiz-Garcia,
// Palade, James: arXiv 1807.10609): ten fingers of 600 subjects as they are,
// and again after synthetic alteration at three levels of difficulty.
//
// Package bmp decodes its images, imaging resizes and augments them, and
// synth makes a data set of the same form.
package fingerprint
