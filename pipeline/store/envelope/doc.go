// Package envelope wraps what the store keeps about results and runs, so that
// a changed bit is recognised as damage.
//
// An envelope is one line of text, followed by the payload:
//
//	whorl KIND VERSION DIGEST
//
// DIGEST is the SHA-256, in hexadecimal, of "KIND VERSION\n" and the payload:
// neither can be changed, cut short or passed off as another kind unnoticed.
package envelope
