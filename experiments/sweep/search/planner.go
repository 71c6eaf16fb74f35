package search

import (
	"math"

	"whorl/experiments/sweep/space"
)

// A Job asks for the value of a configuration.
type Job struct {
	Number        int // counted from 1, in the order of the decisions
	Configuration int // counted from 1, in the order of the proposals
	Point         space.Point
	Rung          int // counted from 0
	Resource      int // of that rung; 0 if nothing is pruned
}

// A Step says what a planner can do next.
type Step int

// The steps of a planner.
const (
	Go   Step = iota // the job is to be run
	Wait             // for the result of a job
	End              // there are no more jobs, now or later
)

// A Planner decides which jobs a sweep runs, and in which order.
type Planner struct {
	Method Method
	Rungs  *Rungs // nil: every configuration is one job

	// Ahead is how many jobs may be decided before the result of the first of
	// them is used: job k rests on the results of jobs 1 to k-Ahead. 1 decides
	// each job from all results before it, and runs one at a time. Methods
	// that are not adaptive, without rungs, rest on no results.
	Ahead int

	// Eager makes each decision rest on all results there are. The jobs then
	// depend on which of those before them end first.
	Eager bool

	jobs []record
	seen []Observation // by configuration, with the results of the first "used" jobs
	used int
	base int // results that decisions rest on at least
}

type record struct {
	Job
	told  bool
	value float64
}

// Next returns the next job with [Go].
func (p *Planner) Next() (Job, Step) {
	for {
		visible, ok := p.visible()
		if !ok {
			return Job{}, Wait
		}
		if job, ok := p.decide(visible); ok {
			job.Number = len(p.jobs) + 1
			p.jobs = append(p.jobs, record{Job: job})
			return job, Go
		}
		if p.allTold() && (p.Eager || visible == len(p.jobs) || !p.adaptive()) {
			return Job{}, End
		}
		if p.Eager || !p.adaptive() {
			return Job{}, Wait
		}
		p.base = visible + 1 // nothing can be decided until one more result is used
	}
}

// Tell gives the value that a job came to: to be minimized, +Inf or NaN if the
// job failed. Jobs may end in any order.
func (p *Planner) Tell(job int, value float64) {
	if math.IsNaN(value) {
		value = math.Inf(1)
	}
	p.jobs[job-1].told, p.jobs[job-1].value = true, value
	if p.Eager {
		p.use(p.jobs[job-1])
	}
}

// adaptive reports whether the next decision depends on results.
func (p *Planner) adaptive() bool {
	return p.Rungs != nil || p.Method.Adaptive(len(p.seen)+1)
}

func (p *Planner) allTold() bool {
	for _, j := range p.jobs {
		if !j.told {
			return false
		}
	}
	return true
}

// visible returns on the results of how many jobs, from the first, the next
// decision rests; false if one of them is missing.
func (p *Planner) visible() (int, bool) {
	switch {
	case !p.adaptive():
		return 0, true
	case p.Eager:
		return len(p.jobs), true
	}
	n := max(p.base, len(p.jobs)+1-max(p.Ahead, 1))
	for _, j := range p.jobs[:n] {
		if !j.told {
			return 0, false
		}
	}
	return n, true
}

func (p *Planner) decide(visible int) (Job, bool) {
	known := p.jobs[:visible]
	if p.Rungs != nil {
		if i, ok := p.Rungs.promote(p.jobs, known); ok {
			j := p.jobs[i].Job
			return Job{0, j.Configuration, j.Point, j.Rung + 1, p.Rungs.Resources[j.Rung+1]}, true
		}
	}
	for ; p.used < visible && !p.Eager; p.used++ {
		p.use(p.jobs[p.used])
	}
	if point, ok := p.Method.Propose(p.seen); ok {
		p.seen = append(p.seen, Observation{Point: point})
		job := Job{Configuration: len(p.seen), Point: point}
		if p.Rungs != nil {
			job.Resource = p.Rungs.Resources[0]
		}
		return job, true
	}
	if p.Rungs != nil && visible == len(p.jobs) && p.allTold() {
		if i, ok := p.Rungs.finish(known); ok {
			j := p.jobs[i].Job
			return Job{0, j.Configuration, j.Point, j.Rung + 1, p.Rungs.Resources[j.Rung+1]}, true
		}
	}
	return Job{}, false
}

// use makes the result of a job known to the method. Of a configuration it
// keeps the one with the most of the resource.
func (p *Planner) use(j record) {
	if o := &p.seen[j.Configuration-1]; !o.Known || j.Resource >= o.Resource {
		o.Known, o.Resource, o.Value = true, j.Resource, j.value
	}
}
