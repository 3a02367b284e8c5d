package costing

import (
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuantile(t *testing.T) {
	require.Zero(t, median(nil))
	require.Equal(t, 7.0, median([]float64{7}))
	require.Equal(t, 2.0, median([]float64{3, 1, 2}))
	require.Equal(t, 2.5, median([]float64{4, 1, 2, 3}))
	require.Equal(t, 1.5, quantile([]float64{3, 1, 2}, 0.25))
	values := []float64{3, 1, 2}
	median(values)
	require.Equal(t, []float64{3, 1, 2}, values, "the values stay as they are")
}

// splits counts, over all ways to draw len(a) of the values of a and b, those
// whose sum of ranks is at least that of a: the chance that larger estimates.
func splits(a, b []float64) float64 {
	all := append(append([]float64{}, a...), b...)
	rank := make([]float64, len(all))
	for i, v := range all {
		for _, o := range all {
			switch {
			case o < v:
				rank[i]++
			case o == v:
				rank[i] += 0.5
			}
		}
	}
	sum := func(chosen uint) (s float64) {
		for i := range all {
			if chosen>>i&1 == 1 {
				s += rank[i]
			}
		}
		return s
	}
	own, ways, asLarge := sum(1<<len(a)-1), 0.0, 0.0
	for chosen := range uint(1) << len(all) {
		if bits.OnesCount(chosen) != len(a) {
			continue
		}
		ways++
		if sum(chosen) >= own {
			asLarge++
		}
	}
	return asLarge / ways
}

func TestLargerAgainstAllSplits(t *testing.T) {
	tests := map[string]struct{ a, b []float64 }{
		"all above":    {[]float64{6, 7, 8, 9, 10}, []float64{1, 2, 3, 4, 5}},
		"all below":    {[]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}},
		"alternating":  {[]float64{1, 3, 5, 7, 9}, []float64{2, 4, 6, 8, 10}},
		"one stands":   {[]float64{1, 3, 5, 7, 90}, []float64{2, 4, 6, 8, 10}},
		"ties":         {[]float64{2, 2, 3, 3, 5}, []float64{1, 1, 2, 2, 4}},
		"three rounds": {[]float64{4, 5, 6}, []float64{1, 2, 3}},
		"not as many":  {[]float64{4, 5, 6, 9}, []float64{1, 2, 3, 8, 5, 0, 3.5}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { require.InDelta(t, splits(test.a, test.b), larger(test.a, test.b), 0.02) })
	}
	require.Equal(t, 1.0, larger([]float64{1, 1}, []float64{1, 1}))
	require.Equal(t, 1.0, larger(nil, []float64{1}))
}

// signs counts, over all signs that the values could have, those whose sum of
// ranks is at least theirs: the chance that positive estimates.
func signs(values []float64) float64 {
	rank := make([]float64, len(values))
	own := 0.0
	for i, v := range values {
		for _, o := range values {
			if math.Abs(o) <= math.Abs(v) {
				rank[i]++
			}
		}
		if v > 0 {
			own += rank[i]
		}
	}
	asLarge := 0.0
	for chosen := range 1 << len(values) {
		sum := 0.0
		for i := range values {
			if chosen>>i&1 == 1 {
				sum += rank[i]
			}
		}
		if sum >= own {
			asLarge++
		}
	}
	return asLarge / float64(int(1)<<len(values))
}

func TestPositiveAgainstAllSigns(t *testing.T) {
	for _, values := range [][]float64{
		{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, -6}, {1, -2, 3, -4, 5, -6, 7, -8, 9}, {5, 4, -1, 7, 8, -2, 3, 9}, {-0.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
	} {
		require.InDelta(t, signs(values), positive(values), 0.02, "%v", values)
	}
	require.Equal(t, 1.0, positive([]float64{0, 0}))
}
