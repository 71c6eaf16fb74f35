package cli

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A named pipe is written to and stays one.
func TestDevice(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{pipe: true, os.DevNull: true, file: false, dir: false, filepath.Join(dir, "none"): false} {
		if isDevice(path) != want {
			t.Errorf("%s is a device: %v", path, !want)
		}
	}
	read := make(chan string)
	go func() {
		b, _ := os.ReadFile(pipe)
		read <- string(b)
	}()
	err := writeDevice(pipe, func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err })
	if got := <-read; err != nil || got != "hello" || !isDevice(pipe) {
		t.Errorf("wrote %q, %v", got, err)
	}
}
