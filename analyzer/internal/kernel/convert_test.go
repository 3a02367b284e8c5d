package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBytesToBits(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		from := randomBytes(r, n+r.IntN(3))
		want := 0
		for i := range from {
			from[i] &= 1
			if i < n {
				want += int(from[i])
			}
		}
		got := randomBits(r, n)
		BytesToBits(got, from, n)
		back := randomBytes(r, n+1)
		spare := back[n]
		BitsToBytes(back, got, n)
		require.Equal(t, from[:n], back[:n])
		require.Equal(t, spare, back[n])
		require.Equal(t, want, DefinitionLevels(got, from, n))
	})
}

func TestSpread(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		known := randomWords(r, n)
		dense := make([]int32, CountBits(known, n))
		for i := range dense {
			dense[i] = int32(r.Uint32())
		}
		got := make([]int32, n)
		require.Equal(t, len(dense), SpreadInt32(got, dense, known, n))
		next := 0
		for i := range n {
			if Bit(known, i) {
				require.Equal(t, dense[next], got[i], "row %d of %d", i, n)
				next++
			}
		}
	})
}

func TestSpreadWithoutNulls(t *testing.T) {
	got := make([]int64, 3)
	require.Equal(t, 3, Spread(got, []int64{7, 8, 9}, nil, 3))
	require.Equal(t, []int64{7, 8, 9}, got)
}

// A page may hold fewer values than its levels promise.
func TestSpreadOfTooFewValues(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		known := randomWords(r, n)
		if r.IntN(4) == 0 {
			known = nil
		}
		want := CountAnd(known, nil, n)
		dense := make([]int32, r.IntN(want+1))
		for i := range dense {
			dense[i] = int32(i)
		}
		got := make([]int32, n)
		require.Equal(t, want, Spread(got, dense, known, n))
		next := 0
		for i := range n {
			if known != nil && !Bit(known, i) {
				continue
			}
			if len(dense) > 0 {
				require.Equal(t, int32(min(next, len(dense)-1)), got[i])
			}
			next++
		}
	})
}

func TestToReal(t *testing.T) {
	got := make([]float64, 4)
	ToReal(got, []int64{0, -1, 1 << 53}, 3)
	require.Equal(t, []float64{0, -1, 1 << 53, 0}, got)
}
