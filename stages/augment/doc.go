// Package augment is the stage that decides how probes are augmented in
// training. Its product is the policy, which the training stage applies probe
// by probe and epoch by epoch, and a preview: some probes beside what training
// with the same seed makes of them in its first epochs.
package augment
