package compare

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestStudentizedRangeScipy compares with scipy.stats.studentized_range 1.10,
// whose values testdata/studentized_range.json holds as [groups, degrees of
// freedom, probability, quantile].
func TestStudentizedRangeScipy(t *testing.T) {
	data, err := os.ReadFile("testdata/studentized_range.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][4]float64
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 100 {
		t.Fatalf("only %d reference values", len(rows))
	}
	for _, r := range rows {
		d := StudentizedRange{int(r[0]), r[1]}
		if got := d.CDF(r[3]); math.Abs(got-r[2]) > 1e-6 {
			t.Errorf("%d groups, %v df: CDF(%v) = %v, scipy gives %v", d.Groups, d.DF, r[3], got, r[2])
		}
		if got := d.Quantile(r[2]); math.Abs(got-r[3]) > 2e-5*r[3] {
			t.Errorf("%d groups, %v df: quantile(%v) = %v, scipy gives %v", d.Groups, d.DF, r[2], got, r[3])
		}
	}
}

// TestStudentizedRangePublished compares with the table of Harter (1960) as
// textbooks print it.
func TestStudentizedRangePublished(t *testing.T) {
	for _, r := range []struct {
		k    int
		df   float64
		p, q float64
	}{
		{2, 5, .95, 3.64},
		{3, 10, .95, 3.88},
		{4, 20, .95, 3.96},
		{5, 10, .99, 6.14},
		{10, 30, .95, 4.82},
		{3, math.Inf(1), .95, 3.31},
		{20, math.Inf(1), .95, 5.01},
	} {
		if got := (StudentizedRange{r.k, r.df}).Quantile(r.p); math.Abs(got-r.q) > .0051 {
			t.Errorf("q(%v; %d, %v) = %.4f, the table has %v", r.p, r.k, r.df, got, r.q)
		}
	}
}

func BenchmarkStudentizedRange(b *testing.B) {
	d := StudentizedRange{20, 57}
	for b.Loop() {
		d.Survival(5.2)
	}
}
