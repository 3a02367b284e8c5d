package source

import (
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

// Whatever the pieces it is read in, a mixture of runs gives the values that
// were written.
func TestHybridReadsInAnyPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for width := 1; width <= 32; width++ {
		var want []int32
		for len(want) < 700 {
			v := int32(r.Uint64() & (1<<min(width, 31) - 1))
			for range 1 + r.IntN(2)*r.IntN(40) {
				want = append(want, v)
			}
		}
		e := rle.Encoding{BitWidth: width}
		src, err := e.EncodeInt32(nil, want)
		require.NoError(t, err)
		for range 20 {
			h := newHybrid(src, width)
			for at := 0; at < len(want); {
				n := min(1+r.IntN(60), len(want)-at)
				got := make([]int32, n)
				require.NoError(t, h.read(got, 1<<31))
				require.Equal(t, want[at:at+n], got, "width %d at %d", width, at)
				at += n
			}
		}
		h := newHybrid(src, width)
		require.Error(t, h.read(make([]int32, len(want)), 1), "the bound is kept")
		h = newHybrid(src[:len(src)/2], width)
		require.Error(t, h.read(make([]int32, len(want)), 1<<31), "values that are not there")
	}
}

func TestHybridBits(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	want := make([]int32, 3000)
	for i := range want {
		want[i] = int32(b2u(i%500 < 250 || r.IntN(3) == 0))
	}
	e := rle.Encoding{BitWidth: 1}
	src, err := e.EncodeInt32(nil, want)
	require.NoError(t, err)
	for range 50 {
		h := newHybrid(src, 1)
		words, set := make([]uint64, bitmap.Words(len(want))), 0
		for at := 0; at < len(want); {
			n := min(r.IntN(200), len(want)-at)
			s, err := h.bits(words, at, n)
			require.NoError(t, err)
			set += s
			at += n
		}
		total := 0
		for i, v := range want {
			require.EqualValues(t, v, bitmap.At(words, i), "bit %d", i)
			total += int(v)
		}
		require.Equal(t, total, set)
	}
}
