// Package importance says how much each parameter of a search matters for
// being among the best: PED-ANOVA.
//
// For each parameter it compares two densities, that of its values in the best
// configurations and that in all, by their Pearson divergence. A parameter
// whose good values are no others than those tried has the importance 0. The
// importances are shares: their sum is 1.
//
// Source: S. Watanabe, A. Bansal, F. Hutter, "PED-ANOVA: Efficiently
// Quantifying Hyperparameter Importance in Arbitrary Subspaces", IJCAI 2023.
package importance
