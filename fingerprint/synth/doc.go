// Package synth makes synthetic fingerprints.
//
// A print is grown in the way of SFinGe (Cappelli, Maio and Maltoni, "Synthetic
// fingerprint-database generation", ICPR 2002): an orientation field with the
// cores and deltas of its class, after Sherlock and Monro ("A model for
// interpreting fingerprint topology", Pattern Recognition 26, 1993); ridges
// grown from noise by filters tuned to the local orientation and period; and an
// impression of them with its outline, pressure, creases and sensor noise.
// Altered prints are made from the same impression, by the central rotation,
// obliteration and Z-cut that SOCOFing knows, at its three levels.
//
// [WriteTree] writes them with the sizes, headers and names of SOCOFing
// (Shehu et al., "Sokoto Coventry Fingerprint Dataset", arXiv:1807.10609), so
// that what reads the one reads the other. Unlike SOCOFing, where the tool that
// altered the prints refused some, every print has all nine alterations.
//
// Every image is a pure function of (seed, subject, finger) and, for altered
// ones, (alteration, level): the same bits on every machine, in any order and
// on any number of cores. Two rules give that. Products are converted
// explicitly before they are added, so that no compiler may fuse the two and
// skip a rounding, which a test checks; and of package math only Sqrt and
// Floor are used, which IEEE 754 defines to the last bit, where Exp or Sin
// differ between architectures. The filters, which take most of the time, work
// in integers.
//
// The ranges in this package were fitted by eye and by measurement to the
// prints of sixty subjects of SOCOFing: nearly all synthetic prints have a
// ridge period, an orientation coherence and a share of ink between the 5th
// and the 95th percentile of the real ones, and the alterations change as much
// of a print. No pixel of a real print went into them.
package synth
