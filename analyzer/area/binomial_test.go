package area

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The limits are those that scipy gives (testdata/binomial.py writes the table anew).
func TestLimitsAreThoseOfScipy(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/binomial.csv")
	require.NoError(t, err)
	in := csv.NewReader(bytes.NewReader(text))
	in.Comment = '#'
	rows, err := in.ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		var f [6]float64
		for i, cell := range row {
			f[i], err = strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
		}
		require.Equal(t, Limits{int64(f[4]), int64(f[5])}, limits(int64(f[0]), f[1]/f[2], f[3]), row)
	}
	require.Greater(t, len(rows), 200)
}

// With fractions of whole numbers nothing is rounded at all.
func TestLimitsAreExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		n, of := 1+r.Int64N(60), 2+r.Int64N(300)
		met := 1 + r.Int64N(of-1)
		for _, outside := range []float64{outside95, outside998} {
			low, high := exactLimits(n, big.NewRat(met, of), outside)
			require.Equal(t, Limits{low, high}, limits(n, float64(met)/float64(of), outside), fmt.Sprint(n, met, of, outside))
		}
	}
}

// exactLimits sums the chances of all counts as fractions.
func exactLimits(n int64, p *big.Rat, outside float64) (low, high int64) {
	half, ok := new(big.Rat).SetString(strconv.FormatFloat(outside/2, 'f', -1, 64))
	if !ok {
		panic("no number")
	}
	most := new(big.Rat).Sub(big.NewRat(1, 1), half)
	low, high = -1, -1
	sum := new(big.Rat)
	for k := int64(0); k <= n; k++ {
		one := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		for range k {
			one.Mul(one, p)
		}
		for range n - k {
			one.Mul(one, new(big.Rat).Sub(big.NewRat(1, 1), p))
		}
		sum.Add(sum, one)
		if low < 0 && sum.Cmp(half) >= 0 {
			low = k
		}
		if high < 0 && sum.Cmp(most) >= 0 {
			high = k
		}
	}
	return low, high
}

func TestLimitsAtTheEnds(t *testing.T) {
	t.Parallel()
	require.Equal(t, Limits{0, 1}, limits(1, 0.5, outside95))
	require.Equal(t, Limits{1, 1}, limits(1, 0.999999, outside95))
	require.Equal(t, Limits{0, 0}, limits(1, 0.000001, outside95))
	l := limits(10_000_000, 0.00001, outside998)
	require.True(t, l.Low > 60 && l.High < 140, l)
}
