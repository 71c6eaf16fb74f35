// Package model puts a trained network and what its evaluation measured into
// one model file, which the verbs verify, enroll, identify and export and the
// package verifier use. See package siamese/model for the format.
package model
