package kernel

import (
	"strings"
	"sync/atomic"
	"testing"
)

func TestTeam(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 7} {
		team := NewTeam(workers)
		if want := max(1, workers); team.Workers() != want {
			t.Errorf("a team of %d has %d workers", workers, team.Workers())
		}
		for _, chunks := range []int{0, 1, 2, 100} {
			counts := make([]atomic.Int32, chunks)
			busy := make([]atomic.Bool, team.Workers())
			team.Do(chunks, func(worker, chunk int) {
				if busy[worker].Swap(true) {
					t.Errorf("worker %d has two chunks at once", worker)
				}
				counts[chunk].Add(1)
				busy[worker].Store(false)
			})
			for c := range counts {
				if n := counts[c].Load(); n != 1 {
					t.Errorf("%d workers, %d chunks: chunk %d ran %d times", workers, chunks, c, n)
				}
			}
		}
	}
}

// TestTeamPanics sees that a panic in any worker reaches the caller, and that the
// team works on.
func TestTeamPanics(t *testing.T) {
	team := NewTeam(3)
	func() {
		defer func() {
			v, _ := recover().(string)
			if !strings.Contains(v, "chunk 5 is bad") || !strings.Contains(v, "team_test.go") {
				t.Errorf("recovered %q, want the panic and its stack", v)
			}
		}()
		team.Do(10, func(_, chunk int) {
			if chunk == 5 {
				panic("chunk 5 is bad")
			}
		})
	}()
	var n atomic.Int32
	team.Do(10, func(int, int) { n.Add(1) })
	if n.Load() != 10 {
		t.Errorf("after a panic a team ran %d of 10 chunks", n.Load())
	}
}

func TestTeamAllocatesNothing(t *testing.T) {
	team := NewTeam(2)
	job := func(int, int) {}
	team.Do(4, job)
	if n := testing.AllocsPerRun(50, func() { team.Do(4, job) }); n >= 1 {
		t.Errorf("Do allocates %v times", n)
	}
}
