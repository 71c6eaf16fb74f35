package biometrics

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// pairScores are random scores in both classes.
func pairScores(t *rapid.T) (score []float32, genuine []bool) {
	n := rapid.IntRange(2, 200).Draw(t, "pairs")
	score = rapid.SliceOfN(rapid.Float32Range(-20, 20), n, n).Draw(t, "scores")
	genuine = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "genuine")
	genuine[0], genuine[1] = true, false
	return score, genuine
}

func wide(score []float32) []float64 {
	out := make([]float64, len(score))
	for i, v := range score {
		out[i] = float64(v)
	}
	return out
}

func exactScores(t *rapid.T, score []float32, genuine []bool) *Scores {
	s, err := New(wide(score), genuine)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func accumulated(resolution int, score []float32, genuine []bool) *Accumulator {
	a := NewAccumulator(resolution)
	for i, v := range score {
		a.Add(v, genuine[i])
	}
	return a
}

func counted(t *rapid.T, a *Accumulator) *Scores {
	s, err := a.Scores()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAccumulatorBounds holds every figure of the histogram to its stated
// distance from that of the sorted scores.
func TestAccumulatorBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := pairScores(t)
		resolution := rapid.IntRange(0, FineBits).Draw(t, "resolution")
		exact, a := exactScores(t, score, genuine), accumulated(resolution, score, genuine)
		s := counted(t, a)
		if d := math.Abs(s.AUC() - exact.AUC()); d > a.AUCError()+1e-12 {
			t.Errorf("AUC is off by %v, stated is %v", d, a.AUCError())
		}
		bounds, err := a.EERBounds()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Scores{s, exact} {
			if rate, _ := s.EER(); rate < bounds.Low-1e-12 || rate > bounds.High+1e-12 {
				t.Errorf("EER %v is outside of %v", rate, bounds)
			}
		}
		for _, v := range score {
			edge := a.Edge(v)
			if edge > v || math.Abs(float64(v-edge)) > max(0x1p-126, math.Ldexp(math.Abs(float64(max(-edge, v))), -resolution)) {
				t.Errorf("the edge below %v is %v", v, edge)
			}
			if got, want := s.At(float64(edge)), exact.At(float64(edge)); got != want {
				t.Errorf("at the edge %v: %+v, want %+v", edge, got, want)
			}
		}
	})
}

// TestAccumulatorMerge splits the scores, merges them in another order, takes
// some away, and coarsens.
func TestAccumulatorMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := pairScores(t)
		at := rapid.IntRange(0, len(score)).Draw(t, "cut")
		whole := accumulated(FineBits, score, genuine)
		first, second := accumulated(FineBits, score[:at], genuine[:at]), accumulated(FineBits, score[at:], genuine[at:])
		merged := NewAccumulator(FineBits)
		merged.Merge(second)
		merged.Merge(first)
		same(t, counted(t, merged), counted(t, whole))
		same(t, counted(t, whole.Coarse(3)), counted(t, accumulated(3, score, genuine)))
		if at > 0 {
			merged.Remove(second)
			same(t, counted(t, merged), counted(t, first))
		}
	})
}

func same(t *rapid.T, got, want *Scores) {
	t.Helper()
	if !slices.Equal(got.value, want.value) || !slices.Equal(got.genuine, want.genuine) || !slices.Equal(got.impostor, want.impostor) ||
		got.genuines != want.genuines || got.impostors != want.impostors {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

// TestEERUnderMonotoneMaps: the rate depends on the order of the scores alone.
func TestEERUnderMonotoneMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score, genuine := pairScores(t)
		mapped := make([]float64, len(score))
		for i, v := range score {
			mapped[i] = 3*math.Exp(float64(v)) - 7
		}
		distinct := func(v []float64) int {
			v = slices.Clone(v)
			slices.Sort(v)
			return len(slices.Compact(v))
		}
		if distinct(mapped) != distinct(wide(score)) {
			t.Skip("rounding made scores equal")
		}
		m, err := New(mapped, genuine)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := m.EER()
		if want, _ := exactScores(t, score, genuine).EER(); got != want {
			t.Errorf("EER %v, of the scores before the map %v", got, want)
		}
	})
}

func TestAccumulatorRefuses(t *testing.T) {
	a := NewAccumulator(FineBits)
	if _, err := a.Scores(); err == nil {
		t.Error("no scores pass")
	}
	a.Add(1, true)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		b := NewAccumulator(FineBits)
		b.Merge(a)
		b.Add(float32(v), false)
		if _, err := b.Scores(); err == nil {
			t.Errorf("%v passes", v)
		}
	}
	a.Add(float32(math.Copysign(0, -1)), true)
	a.Add(0, false)
	s, err := a.Scores()
	if err != nil || len(s.value) != 2 {
		t.Errorf("the zeros are two scores: %+v, %v", s, err)
	}
}

// TestJackknife leaves people out of the scores themselves.
func TestJackknife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(3, 6).Draw(t, "people")
		scores := rapid.SliceOfN(rapid.Float32Range(-5, 5), people*people, people*people).Draw(t, "scores")
		s, u := NewSubjects(people), NewSubjects(people)
		for i, v := range scores {
			to := s
			if i%3 == 0 {
				to = u
			}
			to.Add(v, i/people == i%people, i/people, i%people)
		}
		s.Merge(u)
		all, without, err := s.Jackknife((*Scores).AUC)
		if err != nil {
			t.Fatal(err)
		}
		figure := func(leave int) float64 {
			a := NewAccumulator(CoarseBits)
			for i, v := range scores {
				if i/people != leave && i%people != leave {
					a.Add(v, i/people == i%people)
				}
			}
			return counted(t, a).AUC()
		}
		if want := figure(-1); all != want {
			t.Errorf("AUC %v, want %v", all, want)
		}
		for i, got := range without {
			if want := figure(i); got != want {
				t.Errorf("without person %d: AUC %v, want %v", i, got, want)
			}
		}
	})
}

// TestSearches compares ranks and the DIR with what sorting says.
func TestSearches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probes, gallery := rapid.IntRange(1, 12).Draw(t, "probes"), rapid.IntRange(2, 12).Draw(t, "gallery")
		n := probes * gallery
		score := rapid.SliceOfN(rapid.Map(rapid.IntRange(-9, 9), func(i int) float32 { return float32(i) / 2 }), n, n).Draw(t, "scores")
		place := rapid.SliceOfN(rapid.IntRange(0, gallery-1), probes, probes).Draw(t, "mates")
		mate := make([]float32, probes)
		for p := range mate {
			mate[p] = score[p*gallery+place[p]]
		}
		cut := rapid.IntRange(0, gallery).Draw(t, "cut")
		s, u := NewSearches(mate), NewSearches(mate)
		for p := range mate {
			row := score[p*gallery:][:gallery]
			s.Add(p, row[:cut], place[p])
			u.Add(p, row[cut:], place[p]-cut)
		}
		u.Merge(s)
		far, rank := rapid.Float64Range(0, 0.99).Draw(t, "far"), rapid.IntRange(1, 3).Draw(t, "rank")
		got, err := u.DIR(far, rank)
		if err != nil {
			t.Fatal(err)
		}
		at := func(threshold float64) (alarms, found float64) {
			for p := range mate {
				better, alarm := 0, false
				for g, v := range score[p*gallery:][:gallery] {
					if g != place[p] {
						alarm = alarm || float64(v) >= threshold
						if v >= mate[p] {
							better++
						}
					}
				}
				if u.Ranks()[p] != better+1 {
					t.Fatalf("probe %d: rank %d, want %d", p, u.Ranks()[p], better+1)
				}
				if alarm {
					alarms++
				}
				if better < rank && float64(mate[p]) >= threshold {
					found++
				}
			}
			return alarms / float64(probes), found / float64(probes)
		}
		alarms, found := at(got.Threshold)
		if got.FAR != alarms || got.Rate != found || alarms > far {
			t.Errorf("%+v, want FAR %v (at most %v) and rate %v", got, alarms, far, found)
		}
		if lower, _ := at(math.Nextafter(got.Threshold-1e-6, math.Inf(-1))); lower <= far {
			t.Errorf("a lower threshold than %v has a FAR of %v <= %v", got.Threshold, lower, far)
		}
	})
}

func BenchmarkAccumulator(b *testing.B) {
	scores := make([]float32, 1<<16)
	for i := range scores {
		scores[i] = 10 * float32(math.Sin(float64(i)*1.37))
	}
	b.Run("fine", func(b *testing.B) {
		a := NewAccumulator(FineBits)
		for b.Loop() {
			for _, v := range scores {
				a.Add(v, false)
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(len(scores))*1e9, "ns/score")
	})
	b.Run("subjects", func(b *testing.B) {
		s := NewSubjects(600)
		for b.Loop() {
			for i, v := range scores {
				s.Add(v, false, i>>8, i%600)
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(len(scores))*1e9, "ns/score")
	})
}
