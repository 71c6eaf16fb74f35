// Package verifier is the use of a trained network by other programs: load a
// model, embed prints, compare two of them, search a gallery.
//
//	v, err := verifier.Open("model.whorl")
//	a, err := verifier.ReadPrint("a.png") // refuses what is no print
//	b, err := verifier.ReadPrint("b.bmp")
//	result, err := v.Compare(ctx, a, b)
//	threshold, err := v.Model().Threshold(0.001)
//	fmt.Println(result.Probability, result.Match(threshold))
//
// A [Verifier] keeps no state between calls and is safe for any number of
// goroutines; the package has no state at all. The same images give the same
// bits on every machine. All pairs that a network of this repository was
// evaluated with share their pixels (SOCOFing has one capture a finger): the
// rates of a threshold say nothing about a second impression.
//
// Measured on two cores of an AMD EPYC with AVX-512, network tutorial with
// subtract at 90x90: see BenchmarkVerifier.
package verifier
