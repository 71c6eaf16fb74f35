// Package params reads the typed parameters of a kind of stage from YAML: the
// struct tags that describe them, the check of every value against its type,
// range and enumeration, and the canonical text by which they enter a key.
package params
