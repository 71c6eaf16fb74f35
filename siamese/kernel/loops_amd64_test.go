//go:build goexperiment.simd && amd64 && !race

package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// innerLoops are the functions whose loops the speed depends on.
var innerLoops = []any{
	convWindow512, convHalf256, matmulTile512, matmulWide512, matmulTile256, matmulRow256,
	tapSums512, tapSums256, tapSpread512, tapSpread256, firstRow512, firstRow256, addLive256,
	reluDotTile512, reluDotTile256, reluDotRow256,
}

// wholeTiles are functions that have no loop, but are called once for each tile.
var wholeTiles = []any{
	spreadDifference512, spreadDifference256, spreadSum512, spreadSum256, winogradWindow512,
}

var (
	instruction = regexp.MustCompile(`^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$`)
	jumpTarget  = regexp.MustCompile(`^(?:0x)?([0-9a-f]+)\b`)
)

// TestInnerLoops disassembles this binary and looks in the inner loops for what
// makes them slow without making them wrong: a reference to the stack (a spilled
// register), and a vector instruction in the encoding from before AVX, which
// costs some 100 ns among those of AVX. The toolchain's own objdump does not know
// AVX-512.
func TestInnerLoops(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("GNU objdump is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range append(innerLoops, wholeTiles...) {
		name, from, to := extent(f)
		t.Run(name, func(t *testing.T) {
			// by address: a test binary has no symbols
			out, err := exec.Command(objdump, "-d", "--no-show-raw-insn",
				fmt.Sprintf("--start-address=%d", from), fmt.Sprintf("--stop-address=%d", to), self).Output()
			if err != nil {
				t.Fatalf("disassembling %s: %v", self, err)
			}
			lines := parse(string(out))
			if i < len(innerLoops) {
				checkLoops(t, lines)
			} else {
				check(t, lines)
			}
		})
	}
}

// extent returns the name of a function and where its code begins and ends.
func extent(f any) (name string, from, to uintptr) {
	from = reflect.ValueOf(f).Pointer()
	name = runtime.FuncForPC(from).Name()
	for to = from; ; to++ {
		g := runtime.FuncForPC(to)
		if g == nil || g.Entry() != from {
			break
		}
	}
	return name[strings.LastIndex(name, ".")+1:], from, to
}

type line struct {
	at            int64
	name, operand string
}

// parse reads the instructions in objdump's output.
func parse(text string) []line {
	var lines []line
	for l := range strings.Lines(text) {
		if m := instruction.FindStringSubmatch(strings.TrimSpace(l)); m != nil {
			at, _ := strconv.ParseInt(m[1], 16, 64)
			lines = append(lines, line{at, m[2], m[3]})
		}
	}
	return lines
}

// checkLoops looks at what lies between a backward jump and its target. There
// must be one such loop.
func checkLoops(t *testing.T, lines []line) {
	loops := 0
	for i, l := range lines {
		m := jumpTarget.FindStringSubmatch(l.operand)
		if l.name[0] != 'j' || m == nil {
			continue
		}
		from, _ := strconv.ParseInt(m[1], 16, 64)
		if from >= l.at || from == lines[0].at { // forward, or back to the start after growing the stack
			continue
		}
		loops++
		first := slices.IndexFunc(lines, func(l line) bool { return l.at >= from })
		check(t, lines[first:i+1])
		for _, in := range lines[first : i+1] {
			if strings.Contains(in.operand, "mm") && in.name[0] != 'v' {
				t.Errorf("%x: %s %s: older encoding in the inner loop", in.at, in.name, in.operand)
			}
		}
	}
	if loops == 0 {
		t.Errorf("found no loop in %d instructions", len(lines))
	}
}

// check looks for references to the stack.
func check(t *testing.T, lines []line) {
	if len(lines) == 0 {
		t.Error("found no instructions")
	}
	for _, in := range lines {
		if strings.Contains(in.operand, "(%rsp") {
			t.Errorf("%x: %s %s: stack reference where a tile is computed", in.at, in.name, in.operand)
		}
	}
}
