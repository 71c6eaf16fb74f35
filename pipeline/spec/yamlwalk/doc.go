// Package yamlwalk reads a YAML file node by node and collects everything that
// is wrong with it, with file, line and column.
//
// It reports what a decoder lets pass: duplicate keys, unknown fields with the
// nearest known one, merge keys, aliases that contain themselves, a second
// document, tabs in the indentation and bytes that are not UTF-8. pipeline.yaml
// and the files of sweeps are read with it.
package yamlwalk
