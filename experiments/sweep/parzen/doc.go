// Package parzen estimates densities of parameters from observations, by a sum
// of kernels: truncated normal distributions for numbers, and smoothed counts
// for categories. Tree-structured Parzen estimators and PED-ANOVA use it.
//
// Source: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for
// Hyper-Parameter Optimization", NeurIPS 2011; several parameters at once, and
// the bandwidth, as in S. Falkner, A. Klein, F. Hutter, "BOHB", ICML 2018.
package parzen
