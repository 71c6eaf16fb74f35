package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"whorl/pipeline/record"
	"whorl/pipeline/stage"
	figures "whorl/pipeline/stage/figure"
	"whorl/pipeline/store"
)

// memory is a Source of made-up runs.
type memory struct {
	runs    []*record.Run
	series  map[string][]record.Metric // by run
	objects map[string][]byte
	opened  map[string]int
}

func newMemory() *memory {
	return &memory{series: map[string][]record.Metric{}, objects: map[string][]byte{}, opened: map[string]int{}}
}

func (m *memory) Runs(context.Context) ([]*record.Run, error) { return m.runs, nil }

func (m *memory) Series(_ context.Context, run, stage, metric string) (record.Metrics, error) {
	var points record.Metrics
	for _, p := range m.series[run] {
		if p.Stage == stage && p.Name == metric {
			points = append(points, p.Metric)
		}
	}
	return points, nil
}

func (m *memory) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	m.opened[digest]++
	data, ok := m.objects[digest]
	if !ok {
		return nil, fmt.Errorf("opening object %s: %w", digest, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (m *memory) put(name, mediaType string, data []byte) record.Output {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	m.objects[digest] = data
	return record.Output{Artifact: store.Artifact{Name: name, Digest: digest, Bytes: int64(len(data))}, Type: mediaType}
}

func (m *memory) putJSON(name, mediaType string, v any) record.Output {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return m.put(name, mediaType, data)
}

// putDir keeps a directory with one file.
func (m *memory) putDir(name, file string, v any) record.Output {
	a := m.putJSON(name, stage.TypeTree, v)
	m.objects[a.Digest+"/"+file] = m.objects[a.Digest]
	delete(m.objects, a.Digest)
	a.Dir = true
	return a
}

// ablation makes the runs of a sweep over merge, augmentation and seed: what
// whorl records, of scores that are drawn at random around plausible means.
func ablation(replicates int) *memory {
	m := newMemory()
	n := 0
	for _, merge := range []string{"subtract", "abs"} {
		for _, policy := range []string{"none", "tutorial"} {
			for seed := range replicates {
				n++
				m.add(n, merge, policy, uint64(seed+1))
			}
		}
	}
	return m
}

func (m *memory) add(n int, merge, policy string, seed uint64) *record.Run {
	rng := rand.New(rand.NewPCG(seed, uint64(len(merge)*10+len(policy))))
	quality := 2.6 + 0.1*rng.NormFloat64()
	if merge == "abs" {
		quality += 0.9
	}
	if policy == "tutorial" {
		quality += 0.5
	}
	sum := sha256.Sum256(fmt.Append(nil, "run", n))
	began := time.Date(2026, 11, 23, 20, 0, 7*n, 0, time.UTC)
	r := &record.Run{
		ID: hex.EncodeToString(sum[:8]), State: record.Done, Started: began,
		Finished: began.Add(time.Duration(31+n%3) * time.Second), Pipeline: "pipeline.yaml", Data: "synthetic", Seed: seed,
		Origin: record.Origin{
			Command: []string{"whorl", "sweep", "experiments/ablation.yaml"}, Dir: "/home/ada/whorl",
			Sweep: &record.Sweep{ID: "ablation", Name: "ablation"}, Trial: n,
			Machine:  record.Machine{Host: "bench", OS: "linux", Arch: "amd64", CPU: "AMD EPYC 9354", CPUs: 2, Memory: 24 << 30},
			Versions: record.Versions{Go: "go1.26.8", Program: "v0.1.0", Variant: "avx512"},
		},
		Source: record.Source{Commit: "3a1e8fe0c5d2b7a94f6e8d1c3b5a79e0f2d4c6b8"},
	}
	param(r, "ingest", "size", []any{int64(90), int64(90)})
	param(r, "ingest", "on_reject", "fail")
	stageOf(r, "label")
	param(r, "split", "protocol", "image")
	param(r, "split", "validation", 0.1)
	param(r, "augment", "policy", policy)
	param(r, "train", "network", "tutorial")
	param(r, "train", "merge", merge)
	param(r, "train", "epochs", int64(15))
	param(r, "train", "lr", 0.001)
	param(r, "train", "shuffle", true)
	m.learn(r, rng, quality)
	c := scored(rng, quality, 600)
	for _, o := range c["operating"].([]map[string]any) {
		prefix := ""
		if o["name"] == "calibrated" {
			prefix = "calibrated."
		}
		for _, name := range []string{"accuracy", "precision", "recall", "f1", "fmr", "fnmr", "threshold"} {
			measure(r, "evaluate", prefix+name, o[name].(float64))
		}
	}
	condition := func(name string, quality float64) {
		auc, eer := summarise(scored(rng, quality, 200))
		measure(r, "evaluate", name+"roc_auc", auc)
		measure(r, "evaluate", name+"eer", eer)
	}
	auc, eer := summarise(c)
	measure(r, "evaluate", "roc_auc", auc)
	measure(r, "evaluate", "eer", eer)
	condition("easy.", quality+0.8)
	condition("medium.", quality)
	condition("hard.", quality-0.7)
	condition("cr.", quality+0.3)
	condition("obl.", quality)
	condition("zcut.", quality-0.4)
	m.stages(r, c, n)
	r.Stage("evaluate").About, r.Stage("train").About = aboutEvaluate, aboutTrain
	m.runs = append(m.runs, r)
	return r
}

// stageOf returns a stage of the run, which it adds if there is none.
func stageOf(r *record.Run, name string) *record.Stage {
	if r.Stage(name) == nil {
		r.Stages = append(r.Stages, record.Stage{Name: name, Kind: name, Status: record.Ran})
	}
	return r.Stage(name)
}

func param(r *record.Run, stage, name string, value any) {
	s := stageOf(r, stage)
	s.Params = append(s.Params, record.Param{Name: name, Value: value})
}

// measure records a metric that is no series.
func measure(r *record.Run, in, name string, value float64) {
	s := stageOf(r, in)
	s.Metrics = append(s.Metrics, stage.Metric{Name: name, Step: stage.NoStep, Value: value})
}

// learn makes learning curves that fall and rise as such curves do.
func (m *memory) learn(r *record.Run, rng *rand.Rand, quality float64) {
	last := map[string]float64{}
	for epoch := 1; epoch <= 15; epoch++ {
		fall := math.Exp(-float64(epoch) / 5)
		values := []struct {
			name  string
			value float64
		}{
			{"loss", 0.05 + 0.6*fall + 0.01*rng.Float64()},
			{"accuracy", 0.99 - 0.42*fall + 0.005*rng.Float64()},
			{"val_loss", 0.55 - 0.1*quality + 0.45*fall + 0.02*rng.Float64()},
			{"val_accuracy", 0.84 + 0.03*quality - 0.35*fall + 0.01*rng.Float64()},
			{"seconds", 1.9 + 0.1*rng.Float64()},
			{"pairs_per_s", 640 + 20*rng.Float64()},
		}
		for _, v := range values {
			last[v.name] = v.value
			m.series[r.ID] = append(m.series[r.ID], record.Metric{Stage: "train", Metric: stage.Metric{
				Name: v.name, Step: epoch, Value: v.value, Timing: v.name == "seconds" || v.name == "pairs_per_s",
			}})
		}
	}
	for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy", "seconds", "pairs_per_s"} {
		s := stageOf(r, "train")
		s.Metrics = append(s.Metrics, stage.Metric{
			Name: name, Step: 15, Value: last[name], Timing: name == "seconds" || name == "pairs_per_s",
		})
	}
}

// scored makes curves of n genuine and n impostor scores whose logits lie
// quality standard deviations apart.
func scored(rng *rand.Rand, quality float64, n int) map[string]any {
	type pair struct {
		score, logit float64
		genuine      bool
	}
	var all []pair
	for i := range 2 * n {
		logit := rng.NormFloat64() * 2
		if i < n {
			logit += quality
		} else {
			logit -= quality
		}
		all = append(all, pair{1 / (1 + math.Exp(-logit)), logit, i < n})
	}
	slices.SortFunc(all, func(a, b pair) int {
		if a.score > b.score {
			return -1
		}
		return 1
	})
	fpr, tpr, fnmr, precision := []float64{0}, []float64{0}, []float64{1}, []float64{1}
	tp, fp := 0.0, 0.0
	for _, p := range all {
		if p.genuine {
			tp++
		} else {
			fp++
		}
		fpr, tpr = append(fpr, fp/float64(n)), append(tpr, tp/float64(n))
		fnmr, precision = append(fnmr, 1-tp/float64(n)), append(precision, tp/(tp+fp))
	}
	const bins = 40
	edges, genuine, impostor := make([]float64, bins+1), make([]float64, bins), make([]float64, bins)
	for i := range edges {
		edges[i] = float64(i) / bins
	}
	at := func(name string, threshold float64) map[string]any {
		tp, fp := 0.0, 0.0
		for _, p := range all {
			if p.score >= threshold && p.genuine {
				tp++
			} else if p.score >= threshold {
				fp++
			}
		}
		total := float64(n)
		return map[string]any{
			"name": name, "threshold": threshold, "tp": tp, "fn": total - tp, "fp": fp, "tn": total - fp,
			"accuracy": (tp + total - fp) / (2 * total), "precision": tp / (tp + fp), "recall": tp / total,
			"f1": 2 * tp / (2*tp + fp + total - tp), "fmr": fp / total, "fnmr": 1 - tp/total,
		}
	}
	oddsEdges, oddsGenuine, oddsImpostor := make([]float64, bins+1), make([]float64, bins), make([]float64, bins)
	for i := range oddsEdges {
		oddsEdges[i] = float64(i) - 20
	}
	for _, p := range all {
		bin, odds := min(bins-1, int(p.score*bins)), int(math.Floor(p.logit))+20
		if p.genuine {
			genuine[bin]++
			oddsGenuine[odds]++
		} else {
			impostor[bin]++
			oddsImpostor[odds]++
		}
	}
	return map[string]any{
		"roc":       map[string]any{"fpr": fpr, "tpr": tpr},
		"pr":        map[string]any{"recall": tpr, "precision": precision},
		"det":       map[string]any{"fmr": fpr, "fnmr": fnmr},
		"cmc":       cumulative(rng, quality),
		"histogram": map[string]any{"edges": edges, "genuine": genuine, "impostor": impostor},
		"log_odds":  map[string]any{"edges": oddsEdges, "genuine": oddsGenuine, "impostor": oddsImpostor},
		"operating": []map[string]any{at("fixed", 0.5), at("calibrated", 0.47)},
	}
}

// What the stages say of their metrics.
var (
	aboutEvaluate = []stage.MetricInfo{
		{Name: "eer", Title: "EER", Unit: "%", Goal: stage.Minimize, Primary: true},
		{Name: "roc_auc", Title: "ROC AUC", Goal: stage.Maximize},
		{Name: "accuracy", Title: "Accuracy", Unit: "%", Goal: stage.Maximize},
		{Name: "threshold", Title: "Threshold"},
	}
	aboutTrain = []stage.MetricInfo{{Name: "loss", Title: "Loss", Goal: stage.Minimize}, {Name: "accuracy", Title: "Accuracy", Unit: "%", Goal: stage.Maximize}}
)

// figures are a set with a figure of each type but pairs.
func (m *memory) figures(c map[string]any) record.Output {
	det, h := c["det"].(map[string]any), c["histogram"].(map[string]any)
	low, high := 1e-3, 0.9
	rate := figures.Axis{Label: "false match rate", Unit: "%", Scale: figures.Normal, Min: &low, Max: &high}
	l, u := 0.01, 0.2
	at := c["operating"].([]map[string]any)[0]
	n := func(key string) int { return int(at[key].(float64)) }
	set := figures.Set{Figures: []figures.Figure{
		{Name: "det", Title: "DET curve", Curve: &figures.Curve{
			X: rate, Y: rate, Diagonal: true,
			Lines: []figures.Line{{X: det["fmr"].([]float64), Y: det["fnmr"].([]float64)}},
			Marks: []figures.Mark{{Name: "fixed threshold", X: at["fmr"].(float64), Y: at["fnmr"].(float64)}},
		}},
		{Name: "scores", Title: "Scores", Histogram: &figures.Histogram{
			X: figures.Axis{Label: "score"}, Edges: h["edges"].([]float64), Marks: []figures.Mark{{Name: "threshold", X: 0.5}},
			Groups: []figures.Group{{Name: "genuine", Counts: h["genuine"].([]float64)}, {Name: "impostor", Counts: h["impostor"].([]float64)}},
		}},
		{Name: "decisions", Title: "Decisions", Matrix: &figures.Matrix{
			RowLabel: "truth", ColumnLabel: "decision", Rows: []string{"genuine", "impostor"}, Columns: []string{"match", "no match"},
			Counts: [][]int{{n("tp"), n("fn")}, {n("fp"), n("tn")}},
		}},
		{Name: "parts", Title: "By difficulty", Estimates: &figures.Estimates{Quantity: "EER", Unit: "%", Level: 0.95, Rows: []figures.Estimate{
			{Name: "easy", Value: 0.05, Low: &l, High: &u}, {Name: "hard", Value: at["fmr"].(float64)},
		}}},
	}}
	text, err := figures.Encode(set)
	if err != nil {
		panic(err)
	}
	return m.put("figures", stage.TypeFigures, text)
}

// pairs are a directory with two pairs, one of which all runs have.
func (m *memory) pairs(n int) record.Output {
	item := func(id, group string, v float64) figures.Pair {
		return figures.Pair{
			ID: id, Group: group, Value: v, Note: "hard, false match",
			Left: figures.Image{File: "a.png", Caption: "subject 1"}, Right: figures.Image{File: "b.png", Caption: "subject 2"},
		}
	}
	text, err := figures.Encode(figures.Set{Figures: []figures.Figure{{Name: "errors", Title: "Errors", Pairs: &figures.Pairs{
		Quantity: "score", Items: []figures.Pair{item("shared", "highest impostors", 0.9+float64(n)/1e4), item(fmt.Sprint("own ", n), "lowest genuines", 0.1)},
	}}}})
	if err != nil {
		panic(err)
	}
	out := m.put("errors", stage.TypeFigures, text)
	m.objects[out.Digest+"/"+figures.File] = text
	m.objects[out.Digest+"/a.png"], m.objects[out.Digest+"/b.png"] = sheet(1, 1, 1), sheet(1, 1, 2)
	delete(m.objects, out.Digest)
	out.Dir = true
	return out
}

// summarise returns area under the ROC curve and equal error rate.
func summarise(c map[string]any) (auc, eer float64) {
	det := c["det"].(map[string]any)
	fmr, fnmr := det["fmr"].([]float64), det["fnmr"].([]float64)
	for i := 1; i < len(fmr); i++ {
		auc += (fmr[i] - fmr[i-1]) * (1 - (fnmr[i]+fnmr[i-1])/2)
		if fmr[i-1] < fnmr[i-1] && fmr[i] >= fnmr[i] {
			eer = (fmr[i] + fnmr[i]) / 2
		}
	}
	return auc, eer
}

// stages records what the pipeline's stages did: the first trial computes
// what the others share.
func (m *memory) stages(r *record.Run, c map[string]any, n int) {
	policy, _ := r.Stage("augment").Param("policy")
	merge, _ := r.Stage("train").Param("merge")
	in := func(pairs ...string) (inputs []record.Input) {
		for _, p := range pairs {
			name, ref, _ := strings.Cut(p, "=")
			inputs = append(inputs, record.Input{Name: name, Ref: ref})
		}
		return inputs
	}
	status := func(first bool) record.Status {
		if first {
			return "ran"
		}
		return "cached"
	}
	for _, s := range []record.Stage{
		{Name: "ingest", Kind: "ingest", Status: status(n == 1), Cost: 0.9, Inputs: in("prints=data"), Outputs: []record.Output{
			m.putDir("prints", "rejects.json", []map[string]string{{"file": "Real/12__M_Left_ring_finger.BMP", "reason": "truncated: 118 of 39,606 bytes"}}),
		}},
		{Name: "label", Kind: "label", Status: status(n == 1), Cost: 0.1, Inputs: in("prints=ingest.prints"), Outputs: []record.Output{
			m.put("samples", stage.TypePNG, sheet(8, 4, 1)),
		}},
		{Name: "split", Kind: "split", Status: status(n <= 2), Cost: 0.02, Inputs: in("labels=label.labels")},
		{Name: "augment", Kind: "augment", Status: status(n == 1 || n == 3), Cost: 0.3, Inputs: in("prints=ingest.prints"), Outputs: []record.Output{
			m.put("preview", stage.TypePNG, sheet(6, 3, uint64(len(policy.(string))))),
		}},
		{Name: "train", Kind: "train", Status: "ran", Cost: 29, Inputs: in("prints=ingest.prints", "labels=label.labels", "split=split.split", "policy=augment.policy"), Outputs: []record.Output{
			m.putJSON("summary", stage.TypeJSON, map[string]any{"network": "tutorial", "merge": merge, "parameters": 3984001, "layers": []map[string]any{
				{"name": "conv1", "kind": "conv3x3+relu+maxpool2", "in": []int{90, 90, 1}, "out": []int{45, 45, 32}, "parameters": 320},
				{"name": "conv2", "kind": "conv3x3+relu+maxpool2", "in": []int{45, 45, 32}, "out": []int{22, 22, 64}, "parameters": 18496},
				{"name": "dense1", "kind": "dense+relu", "in": []int{30976}, "out": []int{128}, "parameters": 3965056},
				{"name": "dense2", "kind": "dense+sigmoid", "in": []int{128}, "out": []int{1}, "parameters": 129},
			}}),
		}},
		{Name: "evaluate", Kind: "evaluate", Status: "ran", Cost: 1.2, Inputs: in("weights=train.weights", "prints=ingest.prints", "labels=label.labels", "split=split.split"), Outputs: []record.Output{
			m.figures(c),
			m.pairs(n),
			m.putJSON("intervals", stage.TypeJSON, intervalsOf(r)),
			m.put("samples", stage.TypePNG, sheet(4, 3, uint64(n+100))),
		}},
	} {
		had := stageOf(r, s.Name)
		s.Params, s.Metrics = had.Params, had.Metrics
		*had = s
	}
	for i := range r.Stages {
		s := &r.Stages[i]
		sum := sha256.Sum256(fmt.Append(nil, s.Name, map[bool]int{true: 0, false: n}[s.Status == "cached"]))
		s.Key, s.Started, s.Seconds = hex.EncodeToString(sum[:]), r.Started, s.Cost
		if s.Status == "cached" {
			s.Seconds = 0.001
		}
	}
}

// intervalsOf makes intervals of the EER, a tenth of it wide to either side.
func intervalsOf(r *record.Run) map[string]any {
	for _, m := range r.Metrics() {
		if m.Name == "eer" {
			return map[string]any{"confidence": 0.95, "figures": map[string]any{
				"eer":     map[string]any{"value": m.Value, "low": 0.9 * m.Value, "high": 1.1 * m.Value, "method": "bootstrap"},
				"roc_auc": map[string]any{"value": nil, "low": nil, "high": nil, "method": "bootstrap"},
			}}
		}
	}
	return nil
}

// fail makes the run one whose training failed.
func fail(r *record.Run, message string) {
	r.State = record.Failed
	r.Stages[4].Metrics, r.Stages[5].Metrics = nil, nil
	r.Stages[4].Status, r.Stages[4].Error, r.Stages[4].Outputs = "failed", message, nil
	r.Stages[5].Status, r.Stages[5].Seconds, r.Stages[5].Outputs = "skipped", 0, nil
}

// sheet draws whorls of its own in a grid: no one's finger.
func sheet(columns, rows int, seed uint64) []byte {
	const cell = 60
	rng := rand.New(rand.NewPCG(seed, 7))
	picture := image.NewGray(image.Rect(0, 0, columns*cell, rows*cell))
	for row := range rows {
		for column := range columns {
			period, twist := 4+2*rng.Float64(), rng.Float64()*2
			for y := range cell {
				for x := range cell {
					dx, dy := float64(x)-cell/2, (float64(y)-cell/2)*0.8
					distance := math.Hypot(dx, dy)
					v := uint8(255)
					if distance < cell/2-3 {
						v = uint8(128 + 110*math.Cos(2*math.Pi*distance/period+twist*math.Atan2(dy, dx)))
					}
					picture.SetGray(column*cell+x, row*cell+y, color.Gray{Y: v})
				}
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// render writes a report and returns it.
func render(t testing.TB, src Source, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, src, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fixture is the report that the golden file and the browser tests look at:
// eight trials, the last of which failed.
func fixture() (*memory, Options) {
	m := ablation(2)
	fail(m.runs[7], "the loss became NaN at epoch 3, batch 17\nprobe Altered/Altered-Hard/12__M_Left_ring_finger_CR.BMP")
	delete(m.series, m.runs[7].ID)
	return m, Options{
		Sweep: "ablation", Written: time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC), Version: "v0.1.0",
		Commands: []string{"whorl report ablation -o ablation.html"},
	}
}

// cumulative makes the shares found at each rank in a gallery of 60.
func cumulative(rng *rand.Rand, quality float64) []float64 {
	shares := make([]float64, 60)
	last := 0.2*quality + 0.02*rng.Float64()
	for i := range shares {
		shares[i] = min(1, last)
		last += (1 - last) * 0.12
	}
	shares[59] = 1
	return shares
}
