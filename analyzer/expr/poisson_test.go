package expr_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
)

// The limits are Garwood's, as published tables give them to two places.
func TestPoissonOutsideFollowsTheTable(t *testing.T) {
	for _, c := range []struct {
		observed  int64
		low, high float64
	}{
		{0, 0, 3.69}, {1, 0.03, 5.57}, {2, 0.24, 7.22}, {3, 0.62, 8.77}, {5, 1.62, 11.67}, {10, 4.80, 18.39},
		{20, 12.22, 30.89}, {50, 37.11, 65.92}, {100, 81.36, 121.63},
	} {
		const inside = 0.02
		if c.low > 0 {
			require.True(t, expr.PoissonOutside(c.observed, c.low-inside), "%d, below %v", c.observed, c.low)
		}
		require.False(t, expr.PoissonOutside(c.observed, c.low+inside), "%d, above %v", c.observed, c.low)
		require.False(t, expr.PoissonOutside(c.observed, c.high-inside), "%d, below %v", c.observed, c.high)
		require.True(t, expr.PoissonOutside(c.observed, c.high+inside), "%d, above %v", c.observed, c.high)
	}
}

// Against the sum of the probabilities themselves.
func TestPoissonOutsideIsTheSum(t *testing.T) {
	for _, mean := range []float64{0.01, 0.5, 1, 2.5, 7, 12.3, 40, 99.5, 180, 600} {
		atMost, p := 0.0, math.Exp(-mean)
		for k := range int64(1000) {
			if k > 0 {
				p *= mean / float64(k)
			}
			less := atMost
			atMost += p
			above, below := 1-less, atMost
			if math.Abs(above-0.025) < 1e-9 || math.Abs(below-0.025) < 1e-9 {
				continue
			}
			require.Equal(t, above < 0.025 || below < 0.025, expr.PoissonOutside(k, mean), "%d, %v", k, mean)
		}
	}
}

func TestPoissonOutsideAtItsEnds(t *testing.T) {
	require.False(t, expr.PoissonOutside(0, 0))
	require.False(t, expr.PoissonOutside(-3, -1))
	require.True(t, expr.PoissonOutside(1, 0))
	require.True(t, expr.PoissonOutside(5, math.NaN()))
	require.True(t, expr.PoissonOutside(5, math.Inf(1)))
	require.True(t, expr.PoissonOutside(math.MaxInt64, 5))
	require.False(t, expr.PoissonOutside(1_000_000, 1_001_900))
	require.True(t, expr.PoissonOutside(1_000_000, 1_002_100))
	require.False(t, expr.PoissonOutside(math.MaxInt64, 9.2233720368e18))
}
