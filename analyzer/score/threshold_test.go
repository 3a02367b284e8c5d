package score

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

func TestThresholdIsComparedExactly(t *testing.T) {
	for _, test := range []struct {
		threshold rules.Threshold
		n         count
		met       bool
		toFix     int64
	}{
		{percent(8000), count{80, 100}, true, 0},
		{percent(8000), count{79, 100}, false, 1},
		{percent(8000), count{0, 3}, false, 3},
		{percent(9995), count{1999, 2000}, true, 0},
		{percent(9995), count{1998, 2000}, false, 1},
		{percent(9995), count{9994, 10000}, false, 1},
		{percent(3333), count{1, 3}, true, 0},
		{percent(3334), count{1, 3}, false, 1},
		{percent(10000), count{999999, 1000000}, false, 1},
		{percent(10000), count{7, 7}, true, 0},
		{above(5000), count{50, 100}, false, 1},
		{above(5000), count{51, 100}, true, 0},
		{above(5000), count{1, 3}, false, 1},
		{atMost(500), count{5, 100}, true, 0},
		{atMost(500), count{6, 100}, false, 1},
		{atMost(500), count{40, 100}, false, 35},
		{atMost(10), count{1, 1000}, true, 0},
		{atMost(10), count{1, 999}, false, 1},
		{atMost(0), count{2, 9}, false, 2},
		{atMost(0), count{0, 9}, true, 0},
		{below(500), count{5, 100}, false, 1},
		{below(500), count{4, 100}, true, 0},
		{below(500), count{1, 10}, false, 1},
		{percent(9999), count{math.MaxInt64 / 20000 * 9999 / 10000 * 2, math.MaxInt64 / 20000 * 2}, false, 1},
	} {
		name := fmt.Sprintf("%d of %d, %s", test.n.numerator, test.n.denominator, test.threshold)
		require.Equal(t, test.met, test.n.meets(test.threshold, test.threshold.Percent), name)
		if test.n.denominator < 1e12 {
			require.Equal(t, test.toFix, test.n.toFix(test.threshold), name)
		}
	}
}

// To fix is what it says: with so many repairs the threshold is met, and with
// one fewer it is not.
func TestToFixIsTheFewestRepairs(t *testing.T) {
	for _, mark := range []int64{0, 1, 50, 500, 3333, 5000, 8000, 9950, 9995, 9999, 10000} {
		thresholds := []rules.Threshold{percent(mark), atMost(mark)}
		if mark > 0 && mark < whole {
			thresholds = append(thresholds, above(mark), below(mark))
		}
		for _, threshold := range thresholds {
			for d := int64(1); d <= 40; d++ {
				for n := int64(0); n <= d; n++ {
					c := count{n, d}
					need := c.toFix(threshold)
					require.True(t, repaired(c, threshold, need).meets(threshold, mark), "%v %s", c, threshold)
					if need > 0 {
						require.False(t, repaired(c, threshold, need-1).meets(threshold, mark), "%v %s", c, threshold)
					}
					require.Equal(t, need == 0, c.progress(threshold) == whole, "%v %s", c, threshold)
				}
			}
		}
	}
}

func repaired(c count, t rules.Threshold, n int64) count {
	if t.AtMost {
		return count{c.numerator - n, c.denominator}
	}
	return count{c.numerator + n, c.denominator}
}

func TestProgressTowardsTheThreshold(t *testing.T) {
	require.EqualValues(t, 5000, count{40, 100}.progress(percent(8000)))
	require.EqualValues(t, 9999, count{999999, 1000000}.progress(percent(10000)), "never whole before it is met")
	require.EqualValues(t, 9473, count{10, 100}.progress(atMost(500)), "90 of the 95 that may be free of the fault")
	require.EqualValues(t, 0, count{9, 9}.progress(atMost(0)))
	require.EqualValues(t, 9999, count{50, 100}.progress(above(5000)))
	require.EqualValues(t, 0, count{0, 100}.progress(above(0)))
}

// The reference values were worked out with 40 decimal digits.
func TestWilsonInterval(t *testing.T) {
	require.Equal(t, [2]float64{0.236593, 0.763407}, count{5, 10}.interval())
	require.Equal(t, [2]float64{0, 0.277533}, count{0, 10}.interval())
	require.Equal(t, [2]float64{0.722467, 1}, count{10, 10}.interval())
	require.Equal(t, [2]float64{0.711171, 0.866633}, count{80, 100}.interval())
	require.Equal(t, [2]float64{0.001021, 0.008783}, count{3, 1000}.interval())
}

func TestTooFewWhereTheIntervalHoldsTheThreshold(t *testing.T) {
	require.True(t, count{10, 10}.tooFew(percent(8000)), "10 of 10 may well be under 80 %")
	require.True(t, count{3, 4}.tooFew(percent(8000)))
	require.False(t, count{19, 19}.tooFew(percent(8000)), "19 of 19 is surely over 80 %")
	require.False(t, count{16, 20}.tooFew(percent(8000)), "20 eligible are enough")
	require.False(t, count{0, 10}.tooFew(percent(8000)), "none of 10 is surely under 80 %")
	require.False(t, count{2, 3}.tooFew(percent(10000)), "a threshold of 100 % is settled by one")
	require.False(t, count{0, 3}.tooFew(atMost(0)))
	require.True(t, count{1, 5}.tooFew(atMost(500)))
}

// The exact test of tooFew and the interval that is printed say the same.
func TestTooFewAgreesWithTheInterval(t *testing.T) {
	for d := int64(1); d < report.EnoughToJudge; d++ {
		for n := int64(0); n <= d; n++ {
			interval := count{n, d}.interval()
			for mark := int64(1); mark < whole; mark += 7 {
				p := float64(mark) / whole
				if math.Abs(p-interval[0]) < 1e-5 || math.Abs(p-interval[1]) < 1e-5 {
					continue
				}
				holds := interval[0] <= p && p <= interval[1]
				require.Equal(t, holds, count{n, d}.tooFew(percent(mark)), "%d of %d at %d", n, d, mark)
			}
		}
	}
}
