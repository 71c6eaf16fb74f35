// Package compare says what differs between configurations and whether it
// matters.
//
// Runs that differ only in their seed are replicates. A comparison considers two
// sources of chance: the seed, which decides the split of the data,
// augmentation and initial weights, and the choice of the tested subjects. It answers two questions: what other seeds would give on the same
// subjects ([TestSet]), and on other people ([Subjects]). The second needs the
// metric of each run without one subject at a time, which a stage writes as a
// table of package leaveout.
//
// # Method
//
// A [Design] holds one metric by configuration and seed. [Analyze] fits it by
// the pooled two-way jackknife: the noise of the seeds is the residual mean
// square of configuration + seed, from all configurations together; the
// configuration x subject part is estimated from the leave-one-out values and
// does not shrink with more seeds. Rates are tested
// on the arcsine scale. All pairs are tested by Tukey's studentised range, so that the chance of any false
// "better" or "worse" in a sweep is 5%. Configurations rank by the mean, which is
// what is tested. No verdict is given with fewer than two residual degrees of
// freedom.
//
// Trials that failed are missing cells: means are then those of least squares,
// and pairs are tested by Tukey and Kramer. Configurations that share no seeds
// are compared without pairing.
//
// [Analysis.Effects] gives what a parameter does, averaged over the
// configurations that are equal otherwise, [Sequential] adds seeds until a
// verdict, [Components] separates the sources of variance, and [SeedsFor]
// computes how many seeds a difference needs.
//
// # Limits
//
// Training sets of different seeds overlap, which makes seeds more alike than
// new data would be; Nadeau and Bengio (2003) would widen intervals by 1.1 to
// 1.5. Where the noise of one configuration is several times that of another,
// pooling gives false differences somewhat more often than 5%. `make simulate`
// prints how often.
package compare
