// Package reports writes recorded runs as one HTML file that compares them.
//
// The file is self-contained: styles, scripts, the chart library, curves and
// pictures are inside it, a content security policy forbids it any network,
// and it can be printed, mailed or kept beside a paper. What it shows is taken
// from a [Source], which is only read: the records of experiments/track, and
// the artifacts of the runs, recognised by their media types (see the Type
// constants of package stage). A missing artifact is named in the report and
// is no error.
//
// A report is a pure function of what it reads and of its [Options]: the same
// runs give the same bytes.
package reports
