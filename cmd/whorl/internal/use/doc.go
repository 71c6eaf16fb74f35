// Package use has the verbs that put a trained network to use: verify, enroll,
// identify and export.
package use
