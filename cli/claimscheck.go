package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"whorl/experiments/claims"
	"whorl/pipeline/record"
	"whorl/pipeline/spec/yamlwalk"
	"whorl/workspace"
)

// chosenClaims returns the claims of some names; without names all of them.
func chosenClaims(all []claims.Claim, names []string) ([]claims.Claim, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []claims.Claim
	var known []string
	for _, c := range all {
		known = append(known, c.Name)
		if slices.Contains(names, c.Name) {
			chosen = append(chosen, c)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, Usagef("--only %s: the file has no such claim%s", name, yamlwalk.Suggest(name, known))
		}
	}
	return chosen, nil
}

// A claimChecker computes what claims are about. Each sweep and each pipeline is
// run once.
type claimChecker struct {
	env   *Env
	flags *claimsFlags
	run   bool   // rather than take the recorded runs
	dir   string // of the file with the claims
	ran   map[string]ranClaim
}

// A ranClaim is what a sweep or a pipeline came to.
type ranClaim struct {
	id  string // of the sweep, or of the run
	err error
}

func newClaimChecker(env *Env, flags *claimsFlags, run bool) *claimChecker {
	return &claimChecker{env: env, flags: flags, run: run, dir: filepath.Dir(flags.file), ran: map[string]ranClaim{}}
}

// errNoData says that the data of a claim is not here.
var errNoData = errors.New("its data is not here")

// check returns what the claims come to, in their order. The error is that of the
// call as a whole, such as an interruption.
func (k *claimChecker) check(ctx context.Context, list []claims.Claim) ([]claims.Result, error) {
	results := make([]claims.Result, 0, len(list))
	for _, c := range list {
		r, err := k.one(ctx, c)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch {
		case errors.Is(err, errNoData):
			r = claims.Result{Status: claims.Unchecked, Explain: fmt.Sprintf("needs the data %s", c.Data)}
		case err != nil:
			r = claims.Result{Status: claims.Failed, Explain: err.Error()}
		}
		r.Claim = c.Name
		inDocument(&r, c, filepath.Join(k.dir, c.In))
		results = append(results, r)
	}
	return results, nil
}

func (k *claimChecker) one(ctx context.Context, c claims.Claim) (claims.Result, error) {
	if c.Quote != nil {
		return claims.Result{Status: claims.Quoted, Text: c.Quote.Text, Explain: c.Quote.Source}, nil
	}
	data := ""
	if c.Data != "" {
		data = filepath.Join(k.dir, c.Data)
		if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
			return claims.Result{}, errNoData
		}
	}
	if c.Verdict != nil {
		return k.verdict(ctx, c, data)
	}
	return k.value(ctx, c, data)
}

func (k *claimChecker) value(ctx context.Context, c claims.Claim, data string) (r claims.Result, err error) {
	v := c.Value
	var filter workspace.Filter
	var run string
	if v.Pipeline != "" {
		run, err = k.pipeline(ctx, filepath.Join(k.dir, v.Pipeline), data)
	} else {
		filter.Sweep, err = k.sweep(ctx, v.Sweep, data)
	}
	if err != nil {
		return r, err
	}
	w, err := k.env.answers(ctx, k.flags.artifacts.dir)
	if err != nil {
		return r, err
	}
	defer w.Close()
	if run != "" {
		found, err := w.Find(ctx, run)
		if err != nil {
			return r, err
		}
		m, ok := found.Metric(v.Metric)
		if !ok {
			return r, fmt.Errorf("run %s has no metric %s", found.ID, v.Metric)
		}
		return v.Check(c.Name, []float64{m.Value}), nil
	}
	filter.State = record.Done
	list, err := w.List(ctx, workspace.Selection{Filter: filter, Where: v.Where, Fields: []string{v.Metric, "trial"}})
	if err != nil {
		return r, err
	}
	var values []float64
	trials := map[any]bool{} // the newest run of each
	for _, row := range slices.Backward(list.Rows) {
		if x, ok := row.Values[0].(float64); ok && !trials[row.Values[1]] {
			values = append(values, x)
		}
		trials[row.Values[1]] = true
	}
	return v.Check(c.Name, values), nil
}

func (k *claimChecker) verdict(ctx context.Context, c claims.Claim, data string) (r claims.Result, err error) {
	var refs [2]string
	for i, ref := range c.Verdict.Compare {
		name, where, chosen := strings.Cut(ref, ":")
		if refs[i], err = k.sweep(ctx, name, data); err != nil {
			return r, err
		}
		if chosen {
			refs[i] += ":" + where
		}
	}
	w, err := k.env.answers(ctx, k.flags.artifacts.dir)
	if err != nil {
		return r, err
	}
	defer w.Close()
	result, err := w.Compare(ctx, refs[0], refs[1], c.Verdict.Metric)
	if err != nil {
		return r, err
	}
	return c.Verdict.Check(c.Name, result), nil
}

// sweep returns the id of a sweep, having run it if that is asked for and its
// file is there.
func (k *claimChecker) sweep(ctx context.Context, name, data string) (string, error) {
	file := k.sweepFile(name)
	if file == "" || !k.run {
		return k.recorded(ctx, name, file)
	}
	return k.call(ctx, data, "sweep", "sweep", file)
}

// sweepFile finds the file of a sweep; empty if there is none.
func (k *claimChecker) sweepFile(name string) string {
	for _, file := range []string{name, name + ".yaml", filepath.Join("experiments", name+".yaml")} {
		path := filepath.Join(k.dir, file)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	return ""
}

// recorded returns the id of the newest recorded sweep of a name or a file.
func (k *claimChecker) recorded(ctx context.Context, name, file string) (string, error) {
	w, err := k.env.answers(ctx, k.flags.artifacts.dir)
	if err != nil {
		return "", err
	}
	defer w.Close()
	sweeps, err := w.Sweeps(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range slices.Backward(sweeps) {
		if s.ID == name || s.Name == name || file != "" && sameFile(s.File, file) {
			return s.ID, nil
		}
	}
	return "", fmt.Errorf("no sweep %q is recorded, and neither %s.yaml nor experiments/%s.yaml is beside %s", name, name, name, k.flags.file)
}

func sameFile(a, b string) bool {
	x, errX := filepath.Abs(a)
	y, errY := filepath.Abs(b)
	return errX == nil && errY == nil && x == y
}

// pipeline returns the id of a run of a pipeline.
func (k *claimChecker) pipeline(ctx context.Context, file, data string) (string, error) {
	if k.run {
		return k.call(ctx, data, "run", "run", "-f", file)
	}
	w, err := k.env.answers(ctx, k.flags.artifacts.dir)
	if err != nil {
		return "", err
	}
	defer w.Close()
	runs, err := w.Runs(ctx, workspace.Filter{State: record.Done})
	if err != nil {
		return "", err
	}
	for _, r := range slices.Backward(runs) {
		if r.Sweep == nil && sameFile(r.Pipeline, file) {
			return r.ID, nil
		}
	}
	return "", fmt.Errorf("no run of %s is recorded", file)
}

// call carries out a verb, and returns the id that its JSON has under a name.
func (k *claimChecker) call(ctx context.Context, data, id string, args ...string) (string, error) {
	args = append(args, "--json", "--artifacts", k.flags.artifacts.dir)
	if data != "" {
		args = append(args, "--data", data)
	}
	key := strings.Join(args, "\x00")
	ran, ok := k.ran[key]
	if !ok {
		var out bytes.Buffer
		root, _ := newRoot(k.env.app, &out, k.env.Stderr)
		root.SetArgs(args)
		ran.err = root.ExecuteContext(ctx)
		var result map[string]json.RawMessage
		if json.Unmarshal(out.Bytes(), &result) == nil {
			_ = json.Unmarshal(result[id], &ran.id) // stays empty
		}
		if errors.Is(ran.err, errReported) {
			ran.err = fmt.Errorf("%s failed", strings.Join(args[:2], " "))
		}
		if ran.err == nil && ran.id == "" {
			ran.err = fmt.Errorf("%s gave no id", strings.Join(args[:2], " "))
		}
		k.ran[key] = ran
	}
	return ran.id, ran.err
}

// containsText reports whether a document has a text, however its lines are
// broken.
func containsText(document, text string) bool {
	return strings.Contains(strings.Join(strings.Fields(document), " "), strings.Join(strings.Fields(text), " "))
}
