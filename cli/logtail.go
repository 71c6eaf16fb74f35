package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// printLogTail shows the last lines of a failed stage's log and where the rest
// is, unless it holds no more than the error that has just been told. A log
// that cannot be read is not worth a second error.
func printLogTail(w io.Writer, path string, told error) {
	const (
		lines = 20
		bytes = 64 << 10
	)
	if path == "" {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > bytes {
		if _, err := f.Seek(-bytes, io.SeekEnd); err != nil {
			return
		}
	}
	b, err := io.ReadAll(f)
	if err != nil || len(b) == 0 {
		return
	}
	text := strings.TrimSpace(string(b))
	if text == "error: "+told.Error() {
		return
	}
	tail := strings.Split(text, "\n")
	if len(tail) > lines {
		tail = tail[len(tail)-lines:]
	}
	fmt.Fprintf(w, "the end of its log, %s:\n", path)
	for _, line := range tail {
		fmt.Fprintln(w, "  | "+line)
	}
}
