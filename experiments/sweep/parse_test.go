package sweep

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file of testdata/spec, and what it means or what is wrong with it.
func TestParseGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/spec/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files: ", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var got strings.Builder
			if s, err := Load(file); err != nil {
				fmt.Fprintln(&got, err)
			} else {
				fmt.Fprintf(&got, "name %s\npipeline %s\n", s.Name, filepath.ToSlash(s.Pipeline))
				for _, line := range strings.Split(strings.TrimSpace(s.identity("", false)), "\n")[2:] {
					fmt.Fprintln(&got, line)
				}
				for _, trial := range s.Trials() {
					fmt.Fprintf(&got, "trial %d\n", trial.Number)
					for _, set := range trial.Settings {
						fmt.Fprintf(&got, "  %s  (%#v)\n", set, set.Value)
					}
				}
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLoadOfNoFile(t *testing.T) {
	_, err := Load("testdata/absent.yaml")
	if err == nil || !strings.Contains(err.Error(), "testdata/absent.yaml") {
		t.Errorf("error %v does not name the file", err)
	}
}

// The sweep that make experiment runs.
func TestAblation(t *testing.T) {
	s, err := Load("../ablation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Trials()); n != 8 {
		t.Errorf("%d trials, want 8", n)
	}
	if _, err := os.Stat(filepath.Dir(s.Pipeline)); err != nil || filepath.Base(s.Pipeline) != "pipeline.yaml" {
		t.Errorf("pipeline %s: %v", s.Pipeline, err)
	}
}

// Whatever the file, Parse returns an error or a sweep whose trials differ and
// whose settings, as --set takes them, mean what the file says.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/spec/*.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("f.yaml", text)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a message")
			}
			return
		}
		seen := map[string]bool{}
		if s.Search.Budget > 50 {
			s.Search.Budget = 50
		}
		for _, trial := range s.Trials() {
			all := strings.Join(trial.Set(), "\x00")
			if seen[all] {
				t.Fatalf("trial %d is one of those before: %q", trial.Number, all)
			}
			seen[all] = true
		}
		trials := append(s.Trials(), s.corners()...)
		if len(trials) == 0 {
			t.Fatal("no trials")
		}
		for _, set := range trials[len(trials)-1].Settings {
			_, text, _ := strings.Cut(set.String(), "=")
			if strings.TrimSpace(text) == "" {
				continue // null
			}
			var value any
			if err := yaml.Load([]byte(text), &value); err != nil {
				t.Fatalf("%q: %v", set, err)
			}
			if !reflect.DeepEqual(value, set.Value) && !strings.Contains(strings.ToLower(text), ".nan") {
				t.Errorf("%s: %#v, want %#v", set, value, set.Value)
			}
		}
	})
}
