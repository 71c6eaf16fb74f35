package kernel

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// A Team runs the chunks of a job on a number of workers. Which worker gets which
// chunk is left to chance, so a chunk's result must depend on the chunk alone.
// Do allocates nothing. A Team serves one Do at a time.
type Team struct {
	starts []func() // one a worker but the first, which is the caller
	job    func(worker, chunk int)
	chunks int64
	next   atomic.Int64
	done   sync.WaitGroup
	failed atomic.Pointer[failure]
}

// A failure is a panic of a job, with the stack of the worker it happened in.
type failure struct {
	value any
	stack []byte
}

// NewTeam returns a team of workers, at least one.
func NewTeam(workers int) *Team {
	t := &Team{}
	for w := 1; w < workers; w++ {
		t.starts = append(t.starts, func() {
			defer t.done.Done()
			t.work(w)
		})
	}
	return t
}

// Workers returns the number of workers: job's worker is below it.
func (t *Team) Workers() int { return len(t.starts) + 1 }

// Do calls job once for each chunk from 0 to chunks-1 and returns when all are
// done. Calls with the same worker never overlap. A panic of job ends the work
// and is passed on to Do's caller. To allocate nothing, make job once and keep it.
func (t *Team) Do(chunks int, job func(worker, chunk int)) {
	t.job, t.chunks = job, int64(chunks)
	t.next.Store(0)
	helpers := t.starts[:max(0, min(len(t.starts), chunks-1))]
	t.done.Add(len(helpers))
	for _, start := range helpers {
		go start()
	}
	t.work(0)
	t.done.Wait()
	t.job = nil
	if f := t.failed.Swap(nil); f != nil {
		panic(fmt.Sprintf("%v\n\nin a worker:\n%s", f.value, f.stack))
	}
}

func (t *Team) work(worker int) {
	defer func() {
		if v := recover(); v != nil {
			t.failed.CompareAndSwap(nil, &failure{v, debug.Stack()})
			t.next.Store(t.chunks)
		}
	}()
	for {
		c := t.next.Add(1) - 1
		if c >= t.chunks {
			return
		}
		t.job(worker, int(c))
	}
}
