package main

import (
	"strings"

	"whorl/siamese"
)

// products is how many multiply-adds a pair takes on its way forward: dense, if
// every output is computed by its definition, and made, if those that pooling
// drops are left out and convolutions of more than one channel take 16 products
// for each window of 4 outputs, as by Winograd's algorithm.
func products(a siamese.Architecture) (dense, made float64) {
	images := 2.0
	for _, s := range a.Summary() {
		switch {
		case s.Name == "merge":
			images = 1
		case strings.HasPrefix(s.Kind, "conv"):
			each := float64(s.Parameters - s.Out[2]) // weights: once for each place
			dense += images * each * float64(s.In[0]*s.In[1])
			windows := images * float64(s.Out[0]*s.Out[1])
			if a.Winograd && s.In[2] > 1 {
				made += windows * each * 16 / 9
			} else {
				made += windows * each * 4
			}
		default:
			dense += float64(s.Parameters - s.Out[2])
			made += float64(s.Parameters - s.Out[2])
		}
	}
	return dense, made
}
