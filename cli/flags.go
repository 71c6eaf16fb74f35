package cli

import (
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"whorl/experiments/sweep"
)

// artifactsFlag is where everything that whorl generates is kept.
type artifactsFlag struct{ dir string }

func (f *artifactsFlag) add(c *cobra.Command) {
	f.dir = "artifacts"
	c.Flags().Var(&checked{&f.dir, directoryIfAny}, "artifacts", "`DIR` in which results are kept")
}

// specFlags say which pipeline, with which parameters, over which data.
type specFlags struct {
	artifactsFlag
	file string
	set  []string
	data string
	seed uint64

	env *Env
	cmd *cobra.Command
}

func (f *specFlags) add(env *Env, c *cobra.Command) {
	f.env, f.cmd = env, c
	f.artifactsFlag.add(c)
	c.Flags().StringVarP(&f.file, "file", "f", "pipeline.yaml", "the pipeline's `FILE`")
	// An array, not a slice: values such as [90, 90] contain commas.
	c.Flags().StringArrayVar(&f.set, "set", nil, "set a parameter, as `stage.param=value`; may be repeated")
	c.Flags().Var(&checked{&f.data, something}, "data", "`DATA` instead of the pipeline's: a path, or the name of a data source")
	c.RegisterFlagCompletionFunc("set", f.completeSettings)
	c.Flags().Uint64Var(&f.seed, "seed", 0, "the run's `SEED` instead of the pipeline's")
}

// seedGiven returns the seed if the call names one.
func (f *specFlags) seedGiven() *uint64 {
	if !f.cmd.Flags().Changed("seed") {
		return nil
	}
	return &f.seed
}

// keys are the parameters that the call gives a value.
func (f *specFlags) keys() []string {
	var keys []string
	for _, s := range f.set {
		key, _, _ := strings.Cut(s, "=")
		keys = append(keys, key)
	}
	if f.seedGiven() != nil {
		keys = append(keys, sweep.Seed)
	}
	return keys
}

// runFlags say how to run it.
type runFlags struct {
	specFlags
	jobs      int
	force     bool
	dryRun    bool
	keepGoing bool
	json      bool
}

func (f *runFlags) add(env *Env, c *cobra.Command) {
	f.specFlags.add(env, c)
	c.Flags().IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "run at most `N` stages at once")
	c.Flags().BoolVar(&f.force, "force", false, "run every stage, cached or not, and check that the results are the same")
	c.Flags().BoolVarP(&f.dryRun, "dry-run", "n", false, "say what would run, and run nothing")
	c.Flags().BoolVarP(&f.keepGoing, "keep-going", "k", false, "after a failure, run the stages that do not depend on it")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object on standard output")
}

// check refuses values that no run can have.
func (f *runFlags) check() error {
	if f.jobs < 1 {
		return Usagef("--jobs %d: want at least 1", f.jobs)
	}
	return nil
}
