package track

import (
	"bufio"
	"bytes"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// describeMachine fills in what the run's machine is. What cannot be found
// out stays empty.
func describeMachine(r *Run) {
	r.Host, _ = os.Hostname()
	r.OS, r.Arch = runtime.GOOS, runtime.GOARCH
	r.CPUs = runtime.NumCPU()
	r.GoVersion = runtime.Version()
	r.CPU = procValue("/proc/cpuinfo", "model name")
	if kib, ok := strings.CutSuffix(procValue("/proc/meminfo", "MemTotal"), " kB"); ok {
		n, _ := strconv.ParseInt(kib, 10, 64)
		r.Memory = n << 10
	}
}

// procValue returns the first value of a name in a Linux file of "name: value"
// lines, and "" if there is none or this is not Linux.
func procValue(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		k, v, ok := bytes.Cut(lines.Bytes(), []byte(":"))
		if ok && string(bytes.TrimSpace(k)) == name {
			return string(bytes.TrimSpace(v))
		}
	}
	return ""
}
