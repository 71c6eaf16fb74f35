// Package sheet draws sheets of fingerprints to look at: rows of images with
// captions, as PNG. The same sheet gives the same bytes.
package sheet
