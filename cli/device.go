package cli

import (
	"io"
	"os"
)

// isDevice tells whether there is something at path that is neither file nor
// directory: /dev/stdout, a terminal, a named pipe. It is written to as it is,
// where a file is replaced as a whole: what is renamed onto /dev/stdout takes
// its place, and that of every other program.
func isDevice(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// writeDevice opens what is at path and lets write write to it.
func writeDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
