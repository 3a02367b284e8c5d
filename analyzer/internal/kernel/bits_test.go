package kernel

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCounting(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a := randomWords(r, n)
		var want int
		var set, visited []int
		for i := range n {
			if Bit(a, i) {
				want++
				set = append(set, i)
			}
		}
		ForEachSet(a, n, func(i int) { visited = append(visited, i) })
		require.Equal(t, want, CountBits(a, n))
		require.Equal(t, set, visited)
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
