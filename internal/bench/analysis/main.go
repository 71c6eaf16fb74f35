// Command analysis measures how long the verbs that look at results take on
// many runs.
//
//	go run ./internal/bench/analysis -whorl bin/whorl -runs 30000 -metrics 100
//
// It makes the records of a sweep with 10 seeds a configuration, has them
// indexed once, and prints the median wall-clock time of each call as a whole
// process.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	"whorl/pipeline/store"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "analysis:", err)
		os.Exit(1)
	}
}

func run() error {
	whorl := flag.String("whorl", "bin/whorl", "`program` to measure")
	runs := flag.Int("runs", 30000, "recorded runs")
	metrics := flag.Int("metrics", 100, "metrics of each")
	rounds := flag.Int("rounds", 7, "how often each call is made")
	keep := flag.String("dir", "", "keep the records in this `directory`, and use them again")
	flag.Parse()
	program, err := filepath.Abs(*whorl)
	if err != nil {
		return err
	}
	dir := *keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "whorl-analysis-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	s, err := store.Open(dir)
	if err != nil {
		return err
	}
	if have, err := s.AllRuns(); err != nil {
		return err
	} else if len(have) == 0 {
		if err := generate(s, *runs, *metrics); err != nil {
			return err
		}
	}
	if took, err := call(program, dir, "sweeps"); err != nil {
		return err
	} else {
		fmt.Printf("%8.1f s   first call, with %d runs of %d metrics to index\n", took.Seconds(), *runs, *metrics)
	}
	for _, args := range [][]string{
		{"runs"},
		{"runs", "--where", "train.lr < 0.01 and evaluate.m001 < 0.02"},
		{"runs", "--where", "train.lr < 0.01", "--sort", "-evaluate.m001"},
		{"runs", "--best", "evaluate.eer"},
		{"runs", "--by", "configuration", "--best", "evaluate.eer"},
		{"runs", "--newest", "0", "--columns", "run,train.lr,evaluate.eer", "--csv"},
		{"sweeps"},
		{"show", "part-3"},
		{"show", "last"},
		{"compare", "part-3:train.merge=abs", "part-3:train.merge=subtract"},
	} {
		var all []time.Duration
		for range *rounds {
			took, err := call(program, dir, args...)
			if err != nil {
				return err
			}
			all = append(all, took)
		}
		slices.Sort(all)
		fmt.Printf("%8.0f ms  %q\n", all[len(all)/2].Seconds()*1000, args)
	}
	return nil
}

func call(program, dir string, args ...string) (time.Duration, error) {
	cmd := exec.Command(program, append(args, "--artifacts", dir)...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%q: %w\n%s", args, err, out)
	}
	return time.Since(begun), nil
}

// trialsOf is how many trials each generated sweep has.
const trialsOf = 100

// generate writes the records of sweeps of 100 trials: 10 configurations with
// 10 seeds each.
func generate(s *store.Store, runs, metrics int) error {
	random := rand.New(rand.NewPCG(1, 2))
	about := []stage.MetricInfo{{Name: "eer", Title: "Equal error rate", Goal: stage.Minimize, Primary: true}}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range runs {
		number, trial := i/trialsOf, i%trialsOf
		started := start.Add(time.Duration(i) * time.Minute)
		lr := 0.001 * float64(1+number%20)
		merge := []string{"abs", "subtract"}[trial/10%2]
		evaluate := record.Stage{
			Name: "evaluate", Kind: "evaluate", About: about, Status: record.Ran, Key: fmt.Sprintf("%064x", i),
			Started: started, Seconds: 1, Cost: 1, Inputs: []record.Input{{Name: "weights", Ref: "train.weights"}},
			Metrics: record.Metrics{{Name: "eer", Step: -1, Value: 0.05 + 0.01*random.NormFloat64()}},
		}
		for m := 1; m < metrics; m++ {
			evaluate.Metrics = append(evaluate.Metrics, stage.Metric{Name: fmt.Sprintf("m%03d", m), Step: -1, Value: random.Float64()})
		}
		r := &record.Run{
			ID: fmt.Sprintf("%s-%06x", started.Format("20060102-150405"), i), State: record.Done,
			Started: started, Finished: started.Add(30 * time.Second), Pipeline: "pipeline.yaml", Data: "synthetic",
			Seed: uint64(trial%10) + 1,
			Origin: record.Origin{Trial: trial + 1, Sweep: &record.Sweep{
				ID: fmt.Sprintf("part-%d", number), Name: fmt.Sprintf("part-%d", number),
				Started: start.Add(time.Duration(number) * time.Hour), Trials: trialsOf,
			}},
			Stages: []record.Stage{{
				Name: "train", Kind: "train", Status: record.Ran, Key: fmt.Sprintf("%064x", runs+i), Started: started, Seconds: 20, Cost: 20,
				Params: []record.Param{{Name: "batch", Value: int64(16 * (1 + trial/20))}, {Name: "lr", Value: lr}, {Name: "merge", Value: merge}},
			}, evaluate},
		}
		if err := record.Write(s, r); err != nil {
			return err
		}
	}
	return nil
}
