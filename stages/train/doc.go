// Package train is the stage that trains the Siamese network: it maps the
// image arrays, pairs every training probe with a gallery image of its own or
// another finger, augments it by the policy, and keeps the weights, the
// history of every epoch, and a summary of the layers.
//
// It keeps a checkpoint after every epoch and continues from the newest one,
// to the same bits as without the interruption.
package train
