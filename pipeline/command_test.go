package pipeline_test

import (
	"testing"

	"whorl/pipeline"
	"whorl/pipeline/spec"
)

// TestSpelling checks that what a command sees of a parameter is a function of
// what the key says of it: another spelling of the same number may not lead to
// other bytes under the same key.
func TestSpelling(t *testing.T) {
	l := newLab(t)
	text := func(params string) string {
		return "stages:\n  c: {kind: command, params: " + params + ", cmd: \"echo {params.a} {params.b} > {outputs.o}\", outputs: {o: o}}\n"
	}
	seen := map[string]string{} // by key
	for _, c := range []struct{ params, want string }{
		{"{a: true, b: [1, 2.5]}", "true 1 2.5\n"},
		{"{a: True, b: [0x1, 2.50]}", "true 1 2.5\n"},
		{"{a: 16, b: 1000}", "16 1000\n"},
		{"{a: 0x10, b: 1e3}", "16 1000.0\n"},
		{"{a: 16.0, b: 1000.0}", "16.0 1000.0\n"},
		{`{a: "16.0", b: "1e3"}`, "16.0 1e3\n"},
		{"{a: 0.001, b: 1}", "0.001 1\n"},
		{"{a: 1e-3, b: +1}", "0.001 1\n"},
	} {
		_, res := l.run(l.parse(text(c.params)), pipeline.Options{})
		got := l.content(res, "c.o")
		equal(t, c.params, got, c.want)
		if before, ok := seen[res.Stages[0].Key]; ok {
			equal(t, c.params+": under the same key", got, before)
		}
		seen[res.Stages[0].Key] = got
		_, forced := l.run(l.parse(text(c.params)), pipeline.Options{Force: true})
		equal(t, c.params+": executed again", len(forced.Stages[0].Notes), 0)
	}
	equal(t, "keys", len(seen), 6)
}

// TestEnvironmentBytes checks that two values of a variable that are no UTF-8 do
// not share a key.
func TestEnvironmentBytes(t *testing.T) {
	l := newLab(t)
	for _, value := range []string{"\xff", "\xfe", "\ufffd", `\xff`} {
		p, err := l.reg.Parse("pipeline.yaml", []byte("stages:\n  c: {kind: command, env: [X], cmd: \"printf %s \\\"$X\\\" > {outputs.o}\", outputs: {o: o}}\n"),
			spec.Settings{LookupEnv: func(string) (string, bool) { return value, true }})
		if err != nil {
			t.Fatal(err)
		}
		got, res := l.run(p, pipeline.Options{})
		equal(t, "status", got, "c:ran")
		equal(t, "what the command saw", l.content(res, "c.o"), value)
		got, _ = l.run(p, pipeline.Options{})
		equal(t, "status", got, "c:cached")
	}
}
