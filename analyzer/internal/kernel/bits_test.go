package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCounting(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a, b := randomWords(r, n), randomWords(r, n)
		var want, both int
		var set, visited []int
		for i := range n {
			if Bit(a, i) {
				want++
				set = append(set, i)
				if Bit(b, i) {
					both++
				}
			}
		}
		ForEachSet(a, n, func(i int) { visited = append(visited, i) })
		require.Equal(t, want, CountBits(a, n))
		require.Equal(t, both, CountAnd(a, b, n))
		require.Equal(t, want, CountAnd(a, nil, n))
		require.Equal(t, want, CountAnd(nil, a, n))
		require.Equal(t, n, CountAnd(nil, nil, n))
		require.Equal(t, set, visited)
	})
}

func TestTails(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a := randomBits(r, n)
		set, cleared := append([]uint64(nil), a...), append([]uint64(nil), a...)
		SetTail(set, n)
		ClearTail(cleared, n)
		for i := range 64 * len(a) {
			inTail := i >= n && i < 64*Words(n)
			require.Equal(t, Bit(a, i) || inTail, Bit(set, i))
			require.Equal(t, Bit(a, i) && !inTail, Bit(cleared, i))
		}
		Fill(a, true, n)
		require.Equal(t, n, CountBits(a, n))
		Fill(a, false, n)
		require.Zero(t, CountBits(a, n))
	})
}

func TestCopyBits(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		from, to := r.IntN(130), r.IntN(130)
		if r.IntN(3) == 0 {
			from, to = from&^63, to&^63
		}
		src := randomBits(r, from+n)[:Words(from+n)] // not a word to spare
		dst := randomBits(r, to+n)
		before := append([]uint64(nil), dst...)
		CopyBits(dst, to, src, from, n)
		for i := range 64 * len(dst) {
			want := Bit(before, i)
			if i >= to && i < to+n {
				want = Bit(src, from+i-to)
			}
			require.Equal(t, want, Bit(dst, i), "bit %d of %d from %d to %d", i, n, from, to)
		}
	})
}
