package bitmap_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

// sizes runs f over lengths around words and at random.
func sizes(t *testing.T, f func(t *testing.T, r *rand.Rand, n int)) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 63, 64, 65, 127, 128, 129, 192, 256} {
		f(t, r, n)
	}
	for range 150 {
		f(t, r, r.IntN(301))
	}
}

// randomBits has rubbish beyond row n.
func randomBits(r *rand.Rand, n int) []uint64 {
	b := make([]uint64, bitmap.Words(n)+1)
	for i := range b {
		b[i] = r.Uint64()
	}
	return b
}

func TestCounting(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a := randomBits(r, n)
		var want int
		var set, visited []int
		for i := range n {
			if bitmap.Has(a, i) {
				want++
				set = append(set, i)
			}
		}
		bitmap.ForEach(a, n, func(i int) { visited = append(visited, i) })
		require.Equal(t, want, bitmap.Count(a, n))
		from := r.IntN(n + 1)
		to := from + r.IntN(n-from+1)
		slice := 0
		for i := from; i < to; i++ {
			slice += int(bitmap.At(a, i))
		}
		require.EqualValues(t, slice, bitmap.CountRange(a, from, to), "rows %d to %d of %d", from, to, n)
		require.Equal(t, set, visited)
	})
}

func TestCopyBits(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		from, to := r.IntN(130), r.IntN(130)
		if r.IntN(3) == 0 {
			from, to = from&^63, to&^63
		}
		src := randomBits(r, from+n)[:bitmap.Words(from+n)] // not a word to spare
		dst := randomBits(r, to+n)
		before := append([]uint64(nil), dst...)
		bitmap.Copy(dst, to, src, from, n)
		for i := range 64 * len(dst) {
			want := bitmap.Has(before, i)
			if i >= to && i < to+n {
				want = bitmap.Has(src, from+i-to)
			}
			require.Equal(t, want, bitmap.Has(dst, i), "bit %d of %d from %d to %d", i, n, from, to)
		}
	})
}

// One row or a range of rows is changed, and no other.
func TestSetting(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		if n == 0 {
			return
		}
		at := r.IntN(n)
		many := r.IntN(n - at + 1)
		before := randomBits(r, n)
		for name, change := range map[string]struct {
			do   func(b []uint64)
			want func(i int) bool
		}{
			"Set":      {func(b []uint64) { bitmap.Set(b, at) }, func(i int) bool { return i == at || bitmap.Has(before, i) }},
			"Clear":    {func(b []uint64) { bitmap.Clear(b, at) }, func(i int) bool { return i != at && bitmap.Has(before, i) }},
			"Or 1":     {func(b []uint64) { bitmap.Or(b, at, bitmap.Of(true)) }, func(i int) bool { return i == at || bitmap.Has(before, i) }},
			"Or 0":     {func(b []uint64) { bitmap.Or(b, at, bitmap.Of(false)) }, func(i int) bool { return bitmap.Has(before, i) }},
			"SetRange": {func(b []uint64) { bitmap.SetRange(b, at, many) }, func(i int) bool { return i >= at && i < at+many || bitmap.Has(before, i) }},
		} {
			b := append([]uint64(nil), before...)
			change.do(b)
			for i := range 64 * len(b) {
				require.Equal(t, change.want(i), bitmap.Has(b, i), "%s, bit %d of %d", name, i, n)
			}
		}
	})
}

func TestANullMaskMayBeNil(t *testing.T) {
	require.True(t, bitmap.Known(nil, 70))
	require.True(t, bitmap.Known([]uint64{0, 1 << 6}, 70))
	require.False(t, bitmap.Known([]uint64{^uint64(0), ^uint64(1 << 6)}, 70))
}
