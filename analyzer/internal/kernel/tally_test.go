package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

// countSlowly is the definition of the counts, row by row.
func countSlowly(c *Condition, ofRow []int32, n, practices int) (total Counts, each []Counts) {
	each = make([]Counts, practices)
	for i := range n {
		exclude, expect := isFalse, isFalse
		if c.Exclude.T != nil {
			exclude = c.Exclude.at(i)
		}
		if c.Expect.T != nil {
			expect = c.Expect.at(i)
		}
		var one Counts
		switch where := c.Where.at(i); {
		case where == isUnknown:
			one.Undetermined = 1
		case where == isTrue && exclude == isTrue:
			one.Excluded = 1
		case where == isTrue:
			one.Denominator = 1
			switch expect {
			case isTrue:
				one.Numerator = 1
			case isUnknown:
				one.Unknown = 1
			}
		}
		total.Add(one)
		if ofRow[i] >= 0 {
			each[ofRow[i]].Add(one)
		}
	}
	return total, each
}

func TestEligibleRowsAreTheDenominator(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		c := Condition{Where: randomBools(r, n), Exclude: randomBools(r, n)}
		if r.IntN(3) == 0 {
			c.Exclude = Bools{}
		}
		got := randomBits(r, n)
		c.Eligible(got, n)
		for i := range n {
			want := c.Where.at(i) == isTrue && (c.Exclude.T == nil || c.Exclude.at(i) != isTrue)
			require.Equal(t, want, bitmap.Has(got, i), "row %d of %d", i, n)
		}
		require.EqualValues(t, c.Tally(n).Denominator, bitmap.Count(got, n))
	})
}

func TestTally(t *testing.T) {
	var whose Practices // reused, as the engine does
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		c := Condition{Where: randomBools(r, n)}
		if r.IntN(2) == 0 {
			c.Exclude = randomBools(r, n)
		}
		if r.IntN(4) > 0 {
			c.Expect = randomBools(r, n)
		}
		practices := 1 + r.IntN(5)
		ofRow := make([]int32, n)
		meanRun := 1 + r.IntN(100+n/4)
		for i := range ofRow {
			if i > 0 && r.IntN(meanRun) > 0 {
				ofRow[i] = ofRow[i-1]
			} else {
				ofRow[i] = int32(r.IntN(practices+1) - 1)
			}
		}
		total, each := countSlowly(&c, ofRow, n, practices)
		require.Equal(t, total, c.Tally(n))

		whose.Reset(ofRow, n, practices)
		for name, tally := range map[string]func(counts []Counts){
			"runs":      func(counts []Counts) { c.TallyRuns(counts, whose.runs) },
			"scattered": func(counts []Counts) { whose.TallyScattered(counts, &c) },
			"chosen":    func(counts []Counts) { whose.Tally(counts, &c) },
		} {
			// Counts are added to what was there.
			counts := make([]Counts, practices)
			want := make([]Counts, practices)
			for p := range counts {
				counts[p] = Counts{1000, 900, 80, 7, 6}
				want[p] = counts[p]
				want[p].Add(each[p])
			}
			tally(counts)
			require.Equal(t, want, counts, "%s, %d rows in %d runs", name, n, len(whose.runs))
		}
	})
}

func TestPracticesChooseByRuns(t *testing.T) {
	n := 4096
	where, expect := make([]uint64, bitmap.Words(n)), make([]uint64, bitmap.Words(n))
	bitmap.Fill(where, true, n)
	c := Condition{Where: Bools{T: where}, Expect: Bools{T: expect}}
	ofRow := make([]int32, n)
	for i := range ofRow {
		ofRow[i] = int32(i * 3 / n)
	}
	var whose Practices
	whose.Reset(ofRow, n, 3)
	require.Equal(t, []Run{{0, 1366}, {1, 2731}, {2, 4096}}, whose.runs)
	counts := make([]Counts, 3)
	whose.Tally(counts, &c)
	require.Equal(t, []Counts{{Denominator: 1366}, {Denominator: 1365}, {Denominator: 1365}}, counts)
	require.Zero(t, testing.AllocsPerRun(5, func() {
		whose.Reset(ofRow, n, 3)
		whose.Tally(counts, &c)
		whose.TallyScattered(counts, &c)
	}))
}
