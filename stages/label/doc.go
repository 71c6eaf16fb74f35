// Package label is the stage that reads off the names of images which finger
// of whom they show and what was done to it: one y array a subset with the
// columns subject, gender (M 0, F 1), hand (Left 0, Right 1) and finger (thumb
// 0, index 1, middle 2, ring 3, little 4), and the alterations of the altered
// ones. It also draws a sheet of samples to check by eye.
package label
