// Package value is the one text form of parameter values: in keys, in records
// of runs, in the JSON that commands read, and where two runs are compared.
//
// A value is a bool, int64, float64 or string, or a list of values. Two values
// have the same text if and only if they have the same type and are equal: an
// integer has neither point nor exponent, and a float64 has one of them, so
// that 1 and 1.0 differ.
package value
