package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

func TestCompare(t *testing.T) {
	t.Run("int32", func(t *testing.T) {
		testCompare(t, func(r *rand.Rand) int32 {
			return pick(r, int32(r.Uint32()), int32(r.IntN(3)), math.MinInt32, math.MaxInt32, -1)
		})
	})
	t.Run("int64", func(t *testing.T) {
		testCompare(t, func(r *rand.Rand) int64 {
			return pick(r, int64(r.Uint64()), int64(r.IntN(3)), math.MinInt64, math.MaxInt64, -1)
		})
	})
	t.Run("float64", func(t *testing.T) {
		testCompare(t, func(r *rand.Rand) float64 {
			return pick(r, r.NormFloat64(), float64(r.IntN(3)), math.Inf(-1), math.Inf(1), math.NaN(), math.Copysign(0, -1))
		})
	})
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func testCompare[T Number](t *testing.T, value func(r *rand.Rand) T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		a, b := make([]T, n+r.IntN(3)), make([]T, n)
		for i := range a {
			a[i] = value(r)
		}
		for i := range b {
			if b[i] = value(r); r.IntN(3) == 0 {
				b[i] = a[i]
			}
		}
		c := value(r)
		got := make([][]uint64, 4)
		for k := range got {
			got[k] = randomBits(r, n)
		}
		Less(got[0], a, b, n)
		Equal(got[1], a, b, n)
		LessConst(got[2], a, c, n)
		GreaterConst(got[3], a, c, n)
		for i := range n {
			want := []bool{a[i] < b[i], a[i] == b[i], a[i] < c, a[i] > c}
			for k, w := range want {
				if w != bitmap.Has(got[k], i) {
					require.Fail(t, "comparison differs", "kernel %d: %v, %v, constant %v", k, a[i], b[i], c)
				}
			}
		}
	})
}

func TestCompareDoesNotAllocate(t *testing.T) {
	v, w, dst := make([]int32, 100), make([]float64, 100), make([]uint64, 2)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		Less(dst, v, v, 100)
		GreaterConst(dst, v, 3, 100)
		Less(dst, w, w, 100)
		LessConst(dst, w, 3, 100)
	}))
}
