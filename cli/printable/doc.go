// Package printable makes text safe for a terminal: control characters that
// reach it from parameters, logs or file names could move the cursor, change
// the title or hide what is written.
package printable
